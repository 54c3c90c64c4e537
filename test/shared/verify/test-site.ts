import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { formatCheckpoint } from "#shared/ledger/checkpoint.ts";
import { inclusionSpans } from "#shared/ledger/inclusion.ts";
import { encodePublicEntry, type PublicEntry } from "#shared/ledger/public-entry.ts";
import { changedTiles } from "#shared/ledger/tile.ts";
import { bundlePath, tilePath } from "#shared/ledger/tile-path.ts";
import { formatTlogProof } from "#shared/ledger/tlog-proof.ts";
import { digestOf } from "#shared/release/digest.ts";
import { publishedEntry, withdrawnEntry } from "#shared/release/log-entry.ts";
import type { ReleaseFacts } from "#shared/release/release.ts";
import { releaseStatement, statementType } from "#shared/release/statement.ts";
import { formatJwks, type PublishedKey } from "#shared/signing/jwks.ts";
import { formatNote, signNote } from "#shared/signing/note.ts";
import { signCertificate } from "#shared/signing/openpgp/certificate.ts";
import { signClearText } from "#shared/signing/openpgp/clear-text.ts";
import { formatPem, keyThumbprint } from "#shared/signing/public-key.ts";
import type { EcdsaSigner, Ed25519Signer } from "#shared/signing/signer.ts";
import { signEnvelopeBundle } from "#shared/signing/sigstore-bundle.ts";
import { tileHashes, treeHash } from "#test/shared/ledger/reference-tree.ts";
import { localEcdsaSigner, localEd25519Signer } from "#test/shared/signing/local-signer.ts";

const birth = new Date("2026-05-01T00:00:00Z");
export const now = new Date("2026-06-01T00:00:00Z");
export const later = new Date("2026-06-02T00:00:00Z");
export const origin = "localhost/ledger";

/** A key of the site, and when it signs. */
export interface SiteKey {
  readonly signer: EcdsaSigner;
  readonly usedFrom: Date;
  retiredAt?: Date;
}

/** A release as the site shows it. */
export interface TestRelease extends ReleaseFacts {
  readonly content: Buffer;
  readonly bundle: string;
  readonly index: number;
  readonly publishedAt: string;
  withdrawn?: { at: string; reason: string };
}

/** What answers instead of a file. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A truthful trust center: its files are made anew by `publish`, and a test may replace any of them with a lie. */
export class TestSite {
  readonly files = new Map<string, Uint8Array | Reply>();
  readonly entries: Uint8Array[] = [];
  readonly keys: SiteKey[] = [];
  readonly releases: TestRelease[] = [];
  logKey: Ed25519Signer = localEd25519Signer();
  readonly server = createServer((request, response) => this.#answer(request, response));
  requests = 0;

  constructor() {
    this.addKey(localEcdsaSigner(), birth, birth);
  }

  /** `http://hearth.localhost:<port>`: a name that the resolver need not know. */
  async listen(): Promise<URL> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return new URL(`http://hearth.localhost:${(this.server.address() as AddressInfo).port}`);
  }

  addKey(signer: EcdsaSigner, at: Date, usedFrom: Date): SiteKey {
    const key = { signer, usedFrom };
    this.keys.push(key);
    this.log({ kind: "key.added", ...about(signer, at), usedFrom: usedFrom.toISOString() });
    return key;
  }

  retireKey(key: SiteKey, at: Date, retiredAt: Date): void {
    key.retiredAt = retiredAt;
    this.log({ kind: "key.retired", ...about(key.signer, at), retiredAt: retiredAt.toISOString() });
  }

  log(entry: PublicEntry): void {
    this.entries.push(encodePublicEntry(entry));
  }

  /** Entries about other things, which this version has no name for. */
  fill(size: number): void {
    while (this.entries.length < size) this.entries.push(Buffer.from(`{"kind":"other","n":${this.entries.length}}`));
  }

  async publish(at: Date, current = this.keys.at(-1)): Promise<void> {
    if (current === undefined) throw new Error("no key");
    await this.publishKeys(at, current.signer);
    await this.publishSecurityTxt(at, current.signer);
    await this.publishLog();
    await this.publishReleases();
  }

  /** Makes a release and has it logged; `publish` shows it. */
  async addRelease(at: Date, text: string, signer = this.keys.at(-1)?.signer): Promise<TestRelease> {
    const release = await this.makeRelease(at, text, signer);
    this.log(publishedEntry("hearth", release));
    const logged = { ...release, index: this.entries.length - 1 };
    this.releases.push(logged);
    return logged;
  }

  async makeRelease(at: Date, text: string, signer = this.keys.at(-1)?.signer): Promise<TestRelease> {
    if (signer === undefined) throw new Error("no key");
    const content = Buffer.from(text);
    const number = this.releases.length + 1;
    const previous = this.releases.at(-1)?.body ?? null;
    const facts = { number, body: digestOf(content), previous, at: at.toISOString(), note: `Release ${number}` };
    const payload = releaseStatement("hearth", facts);
    const bundle = JSON.stringify(await signEnvelopeBundle({ payload, payloadType: statementType }, signer));
    return { ...facts, content, bundle, index: 0, publishedAt: at.toISOString() };
  }

  /** Takes a release away, as the log tells of it. */
  withdraw(release: TestRelease, at: Date): void {
    release.withdrawn = { at: at.toISOString(), reason: "It named a person." };
    const { number, body } = release;
    const withdrawal = { release: number, body, at: at.toISOString(), reason: "", by: "" };
    this.log(withdrawnEntry("hearth", withdrawal));
  }

  async publishReleases(): Promise<void> {
    if (this.releases.length === 0) return;
    for (const release of this.releases) {
      const at = `releases/${release.number}`;
      if (release.withdrawn) this.files.delete(`${at}/body.json`);
      else this.write(`${at}/body.json`, release.content);
      this.write(`${at}/body.sigstore.json`, release.bundle);
      this.write(`${at}/body.tlog-proof`, await this.#proof(release.index));
    }
    this.listReleases();
  }

  /** `shown`: the number that the pointer has. */
  listReleases(shown = this.releases.at(-1)?.number ?? null): void {
    const items = this.releases.toReversed().map(({ content: _, bundle: __, number, ...facts }) => ({
      release: number,
      ...facts,
    }));
    this.write("releases.json", JSON.stringify({ shown, items }));
    const release = items.find((item) => item.release === shown);
    this.write("posture.json", JSON.stringify({ release: { release: release?.release, body: release?.body } }));
  }

  async #proof(index: number): Promise<string> {
    const spans = inclusionSpans(index, this.entries.length);
    const proof = spans.map(({ start, end }) => treeHash(this.entries.slice(start, end)));
    return formatTlogProof({ index, proof, checkpoint: await this.checkpoint(this.entries) });
  }

  async publishKeys(at: Date, signer: EcdsaSigner): Promise<void> {
    const keys: PublishedKey[] = this.keys.map((key) => ({ ...key, publicKey: key.signer.publicKey }));
    const all = [...keys, { publicKey: this.logKey.publicKey, usedFrom: birth }];
    this.write(".well-known/jwks.json", JSON.stringify(formatJwks(all)));
    this.write(".well-known/candor.pub", formatPem(signer.publicKey));
    this.write(".well-known/openpgp-key.asc", await this.certificate(signer, at));
  }

  async certificate(signer: EcdsaSigner, at: Date): Promise<string> {
    return await signCertificate({ userId: "Hearth <security@hearth.example>", at }, openPgp(signer));
  }

  async publishSecurityTxt(at: Date, signer: EcdsaSigner, change: (text: string) => string = (text) => text) {
    const text = [
      "# Hearth",
      "Contact: mailto:security@hearth.localhost",
      "Expires: 2027-01-01T00:00:00Z",
      "Canonical: https://hearth.localhost/.well-known/security.txt",
      "Preferred-Languages: en, de",
    ].join("\n");
    this.write(".well-known/security.txt", await signClearText(change(text), at, openPgp(signer)));
  }

  async publishLog(entries: readonly Uint8Array[] = this.entries): Promise<void> {
    this.writeTiles(entries);
    this.write("ledger/checkpoint", await this.checkpoint(entries));
  }

  async checkpoint(entries: readonly Uint8Array[], name = origin, signer = this.logKey): Promise<string> {
    const text = formatCheckpoint({ origin: name, size: entries.length, root: treeHash(entries), extensions: [] });
    return formatNote(text, [await signNote(text, name, signer)]);
  }

  writeTiles(entries: readonly Uint8Array[]): void {
    for (const { level, index, width } of changedTiles(0, entries.length)) {
      this.write(
        `ledger/${tilePath({ level, index, width })}`,
        Buffer.concat(tileHashes(entries, level, index, width)),
      );
      if (level === 0) this.write(`ledger/${bundlePath({ index, width })}`, bundle(entries, index, width));
    }
  }

  write(path: string, content: string | Uint8Array | Reply): void {
    this.files.set(path, typeof content === "string" ? Buffer.from(content) : content);
  }

  bytes(path: string): Buffer {
    const content = this.files.get(path);
    if (!(content instanceof Uint8Array)) throw new Error(`no file ${path}`);
    return Buffer.from(content);
  }

  text(path: string): string {
    return this.bytes(path).toString("utf8");
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    const ours = request.headers.host?.startsWith("hearth.localhost:") ?? false;
    const content = ours ? this.files.get((request.url ?? "").slice(1)) : undefined;
    if (content instanceof Uint8Array) response.end(content);
    else if (content === undefined) response.writeHead(404).end();
    else content(request, response);
  }
}

const openPgp = (signer: EcdsaSigner) => ({ key: { publicKey: signer.publicKey, createdAt: birth }, signer });

export function about(signer: EcdsaSigner, at: Date) {
  const { publicKey } = signer;
  const spki = `sha256:${createHash("sha256").update(publicKey.spki).digest("hex")}`;
  return {
    v: 1,
    at: at.toISOString(),
    tenant: "hearth",
    use: "statements",
    kid: keyThumbprint(publicKey),
    spki,
  } as const;
}

/** An entry bundle, by the letter of tlog-tiles. */
function bundle(entries: readonly Uint8Array[], index: number, width: number): Buffer {
  const parts = entries.slice(index * 256, index * 256 + width).flatMap((entry) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    return [length, entry];
  });
  return Buffer.concat(parts);
}
