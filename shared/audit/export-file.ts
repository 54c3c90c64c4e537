/** The lines of an audit export, as `shared/verify/audit-export.ts` describes and checks them. */
import { canonicalJson } from "#shared/ledger/canonical-json.ts";
import { type CompactRange, encodeRange } from "#shared/ledger/compact-range.ts";
import { formatBase64 } from "#shared/signing/base64.ts";
import type { KeptEvent } from "./event.ts";

export interface ExportSpan {
  /** The tree of the entries before the first one; its size is that one's index. */
  readonly before: CompactRange;
  /** Where the file ends before the log does: the index after the last entry, and the hashes of the subtrees from there on. */
  readonly end: { readonly to: number; readonly after: readonly Uint8Array[] } | undefined;
  /** The signed note that everything is checked against. */
  readonly checkpoint: string;
}

export function exportHeader({ before, end, checkpoint }: ExportSpan): string {
  const header = {
    format: "candor-audit-export/v1",
    from: before.size,
    before: formatBase64(encodeRange(before)),
    ...(end ? { to: end.to, after: formatBase64(Buffer.concat(end.after)) } : {}),
    checkpoint,
  };
  return `${canonicalJson(header)}\n`;
}

/** The line of the entry at `index`: its event, and only the entry where that is erased. */
export function exportLine(index: number, entry: Uint8Array, kept: KeptEvent | undefined): string {
  const line =
    kept && "event" in kept
      ? { index, salt: formatBase64(kept.salt), event: kept.event }
      : { index, entry: formatBase64(entry) };
  return `${canonicalJson(line)}\n`;
}
