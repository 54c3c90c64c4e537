/** What was rendered, in the content codings that readers accept: each made once, when the first reader asks for it. */
import { hash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Encoded } from "./site-request.ts";

type Coding = "identity" | "gzip" | "br";

interface Representation {
  readonly etag: string;
  readonly coding: Coding;
  readonly body: Encoded;
}

export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Length of what was rendered, in bytes. */
  readonly bytes: number;
  /** The best of what a reader accepts (RFC 9110 section 12.5.3). */
  accepted(acceptEncoding: string | undefined): Representation;
}

/** Below this compression saves less than a packet. */
const worthwhile = 1_000;
/** Lambda answers with 6 MB at most: what is longer goes out compressed, whatever was asked for. */
const mostPlain = 5_500_000;
/** Nearly as small as the most, at a twentieth of the time. */
const brotliQuality = 9;

export function rendered(text: string, headers: Readonly<Record<string, string>>, status = 200): Rendered {
  const bytes = Buffer.from(text);
  const digest = hash("sha256", bytes, "base64url").slice(0, 27);
  const made = new Map<Coding, Representation>();
  return {
    ...{ status, headers, bytes: bytes.length },
    accepted(acceptEncoding) {
      const wanted = bytes.length < worthwhile ? "identity" : codingFor(acceptEncoding);
      const coding = wanted === "identity" && bytes.length > mostPlain ? "gzip" : wanted;
      let representation = made.get(coding);
      if (!representation) {
        // A strong validator is another one for each coding (RFC 9110 section 8.8.3.3).
        const etag = coding === "identity" ? `"${digest}"` : `"${digest}-${coding}"`;
        representation = {
          etag,
          coding,
          body: coding === "identity" ? plain(text, bytes) : packed(compress(bytes, coding)),
        };
        made.set(coding, representation);
      }
      return representation;
    },
  };
}

const plain = (text: string, bytes: Buffer): Encoded => ({ bytes: Uint8Array.from(bytes), text, isBase64: false });
const packed = (bytes: Buffer): Encoded => ({
  bytes: Uint8Array.from(bytes),
  text: bytes.toString("base64"),
  isBase64: true,
});

function compress(bytes: Buffer, coding: "gzip" | "br"): Buffer {
  if (coding === "gzip") return gzipSync(bytes, { level: 9 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}

/** Headers of this kind come in few forms, and reading one costs more than all else of an answer that is kept. */
const known = new Map<string, Coding>();
const mostKnown = 200;

function codingFor(acceptEncoding: string | undefined): Coding {
  if (acceptEncoding === undefined) return "identity";
  const before = known.get(acceptEncoding);
  if (before) return before;
  const refused = /;\s*q=0(?:\.0*)?\s*$/i;
  const accepted = acceptEncoding
    .split(",")
    .filter((coding) => !refused.test(coding))
    .map((coding) => coding.split(";", 1)[0]?.trim().toLowerCase());
  const coding = accepted.includes("br") ? "br" : accepted.includes("gzip") ? "gzip" : "identity";
  if (known.size < mostKnown) known.set(acceptEncoding, coding);
  return coding;
}
