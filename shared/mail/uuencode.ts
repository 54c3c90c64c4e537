import type { TransferDecoder } from "./transfer-encoding.ts";

/** The longest line is one length character and 84 characters for 63 bytes; what is longer is no data. */
const MAX_LINE = 128;
const LF = 0x0a;

/** uuencode (POSIX): what stands between `begin` and `end`. Text around it is dropped, as the encoding has no place for it. */
export function createUuDecoder(): TransferDecoder {
  let line: number[] = [];
  let inside = false;
  const finishLine = (): number[] => {
    const text = String.fromCharCode(...line).trimEnd();
    line = [];
    if (!inside) {
      inside = /^begin [0-7]{3,4} /.test(text);
      return [];
    }
    if (text === "end") inside = false;
    return inside ? decodeLine(text) : [];
  };
  return {
    write(chunk) {
      const decoded: number[] = [];
      for (const byte of chunk) {
        if (byte === LF) for (const value of finishLine()) decoded.push(value);
        else if (line.length < MAX_LINE) line.push(byte);
      }
      return Uint8Array.from(decoded);
    },
    end: () => Uint8Array.from(finishLine()),
  };
}

function decodeLine(text: string): number[] {
  const six = (at: number) => (at < text.length ? (text.charCodeAt(at) - 32) & 63 : 0);
  const length = text === "" ? 0 : six(0);
  const bytes: number[] = [];
  for (let at = 1; bytes.length < length; at += 4) {
    const bits = (six(at) << 18) | (six(at + 1) << 12) | (six(at + 2) << 6) | six(at + 3);
    bytes.push((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
  }
  return bytes.slice(0, length);
}
