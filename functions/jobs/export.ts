/** Takes out all of a tenant's data, part by part. The record keeps which parts there are, so that a run goes on after the last. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { type ArchiveFile, sealedArchive } from "#shared/export/archive.ts";
import { newIdentifier } from "#shared/report/identifier.ts";
import { ExportedPart, exportsObject } from "#shared/store/exports.ts";
import { exportSections, type Position } from "./export-sections.ts";
import type { Outcome, StepContext } from "./step.ts";

const Input = z.strictObject({ recipient: z.string() });
/** Which section is next and where in it, and what has been written. */
const Cursor = z.strictObject({
  section: z.int().min(0),
  position: z.string().optional(),
  parts: z.array(ExportedPart),
  files: z.int().min(0),
});
type Cursor = z.infer<typeof Cursor>;

const beginning: Cursor = { section: 0, parts: [], files: 0 };

/** Writes one part. What a run that died has written stays behind under a name that nobody knows, and expires. */
export async function exportTenant(context: StepContext): Promise<Outcome> {
  const { recipient } = Input.parse(context.job.input);
  const cursor = context.job.cursor === undefined ? beginning : Cursor.parse(JSON.parse(context.job.cursor));
  const section = exportSections[cursor.section];
  if (!section) {
    const progress = { done: cursor.files, total: cursor.files, failed: 0 };
    return { next: "end", progress, result: { recipient, parts: [...cursor.parts] } };
  }
  const written = await writePart(context, recipient, cursor.parts.length + 1, section(context, cursor.position));
  const after: Cursor = {
    section: written.next === undefined ? cursor.section + 1 : cursor.section,
    ...(written.next === undefined ? {} : { position: written.next }),
    parts: written.part ? [...cursor.parts, written.part] : cursor.parts,
    files: cursor.files + written.files,
  };
  return { next: "step", cursor: JSON.stringify(after), progress: { done: after.files, failed: 0 } };
}

/** `next` is where the section goes on; absent where it is at its end. A part without files is not written. */
async function writePart(
  { scope, ports, job, now, random }: StepContext,
  recipient: string,
  n: number,
  files: AsyncGenerator<ArchiveFile, Position>,
): Promise<{ readonly part?: ExportedPart; readonly files: number; readonly next: Position }> {
  const first = await files.next();
  if (first.done) return { files: 0, next: first.value };
  const seen = { files: 0, next: undefined as Position, bytes: 0 };
  const digest = createHash("sha256");
  const object = exportsObject(scope, job.id, `${String(n)}-${newIdentifier(random)}`);
  await ports.objects.write(ports.buckets.exports, object, measured(sealedArchive(all(first.value), recipient, now)));
  const part = { n, object, bytes: seen.bytes, sha256: digest.digest("hex") };
  return { part, files: seen.files, next: seen.next };

  async function* all(begun: ArchiveFile): AsyncGenerator<ArchiveFile> {
    seen.files += 1;
    yield begun;
    for (let one = await files.next(); ; one = await files.next()) {
      if (one.done) {
        seen.next = one.value;
        return;
      }
      seen.files += 1;
      yield one.value;
    }
  }

  async function* measured(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      seen.bytes += piece.length;
      digest.update(piece);
      yield piece;
    }
  }
}
