/** A name server for TXT records over UDP (RFC 1035), as far as a resolver needs one. What it says is set by name. */
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** Strings of one record each; or how the server fails. A name that is not set does not exist. */
type Records = readonly (readonly string[])[] | "server-failure" | "silence" | "no-data";

export interface NameServer {
  /** As `DNS_SERVERS` has it. */
  readonly address: string;
  readonly records: Map<string, Records>;
  /** Names that were asked for, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

const typeTxt = 16;
const classIn = 1;
const code = { none: 0, serverFailure: 2, nameError: 3 } as const;

export async function startNameServer(): Promise<NameServer> {
  const records = new Map<string, Records>();
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const { name, end } = questionIn(query);
    asked.push(name);
    const found = records.get(name);
    if (found === "silence") return;
    const question = query.subarray(12, end);
    const isTxt = query.readUInt16BE(end - 4) === typeTxt;
    const answers = typeof found === "object" && isTxt ? found.map(txtRecord) : [];
    const status = found === undefined ? code.nameError : found === "server-failure" ? code.serverFailure : code.none;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    // A response (bit 15) to a query that wanted recursion (8), from a server that does it (7).
    header.writeUInt16BE(0x8180 | status, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    socket.send(Buffer.concat([header, question, ...answers]), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${String(socket.address().port)}`,
    records,
    asked,
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** The name that is asked for, in lower case, and where the question ends. */
function questionIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 5 };
}

/** A resource record for the name of the question, which stands at offset 12 (RFC 1035 section 4.1.4). */
function txtRecord(strings: readonly string[]): Buffer {
  const data = Buffer.concat(
    strings.map((text) => Buffer.concat([Buffer.of(text.length), Buffer.from(text, "latin1")])),
  );
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(typeTxt, 2);
  head.writeUInt16BE(classIn, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
