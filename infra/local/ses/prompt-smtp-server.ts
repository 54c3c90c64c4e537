import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { SMTPConnection, type SMTPConnectionOptions } from "smtp-server/lib/smtp-connection.js";

/**
 * smtp-server holds its greeting back for 100 ms to catch clients that talk too soon, and has no option against it
 * (3.21.6, `SMTPConnection.init`): at one connection a mail that is all the time there is. Here it greets at once, and
 * every 552 is reported, whether it answers `MAIL FROM SIZE=` or the end of DATA.
 */
export class PromptSmtpServer extends SMTPServer {
  readonly #onTooLarge: () => void;

  constructor(options: SMTPServerOptions, onTooLarge: () => void) {
    super(options);
    this.#onTooLarge = onTooLarge;
  }

  override connect(socket: Socket | TLSSocket, socketOptions?: SMTPConnectionOptions | null): void {
    const connection = new PromptConnection(this, socket, socketOptions, this.#onTooLarge);
    this.connections.add(connection);
    // A client that goes away is its own affair; it has no 250 and sends again.
    connection.on("error", () => undefined);
    connection.init();
  }
}

class PromptConnection extends SMTPConnection {
  readonly #onTooLarge: () => void;

  constructor(
    server: SMTPServer,
    socket: Socket | TLSSocket,
    options: SMTPConnectionOptions | null | undefined,
    onTooLarge: () => void,
  ) {
    super(server, socket, options);
    this.#onTooLarge = onTooLarge;
  }

  override init(): void {
    const { maxClients = Number.POSITIVE_INFINITY } = this._server.options;
    this._setListeners(() => {
      if (this._server.connections.size <= maxClients) this.connectionReady();
      else this.send(421, `${this.name} Too many connections, try again in a moment`, false);
    });
  }

  override send(...reply: Parameters<SMTPConnection["send"]>): void {
    if (reply[0] === 552) this.#onTooLarge();
    super.send(...reply);
  }
}
