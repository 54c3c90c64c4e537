/** Imports of policies and of tools' files: `/v1/tenants/<t>/imports`. They are read and answered, and not kept. */
import * as z from "zod";
import { kindNames } from "#shared/posture/kind-names.ts";
import { SourcePath } from "#shared/posture/text.ts";
import { importFile, importFormats, longestFile } from "#shared/posture-import/import-file.ts";
import { pathOf } from "./posture-kind.ts";
import { type TenantApi, tenantRoute } from "./tenant-route.ts";

const Import = z
  .strictObject({
    format: z.enum(importFormats),
    text: z
      .string()
      .max(longestFile, `has at most ${String(longestFile)} characters: divide it`)
      .meta({ description: "The file as it stands." }),
    file: SourcePath.optional().meta({ description: "Where the file stands in the source." }),
  })
  .meta({ id: "Import" });

const line = z.int().meta({ description: "Counted from 1." });
const Item = z.strictObject({
  line,
  item: z.record(z.string(), z.unknown()).meta({ description: "The item as far as the file says it." }),
  missing: z
    .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
    .meta({ description: "What keeps it from being saved, with a pointer into it." }),
});
const Imported = z
  .strictObject({
    draft: z.strictObject(Object.fromEntries(kindNames.map((kind) => [pathOf(kind), z.array(Item).optional()]))),
    unplaced: z
      .array(z.strictObject({ line, text: z.string(), why: z.string() }))
      .meta({ description: "What the file says and no item holds." }),
  })
  .meta({ id: "Imported" });

export function importRoute(api: TenantApi): void {
  tenantRoute(
    api,
    {
      ...{ method: "post", path: "/imports", group: "Posture", permission: "posture.edit" },
      summary: "Read a file as a draft",
      description:
        "Answers items as far as the file says them, by the collection they belong to, and what found no place. Nothing is kept: what is wanted is sent to its collection, completed by whoever decides. No label, day or promise comes out that the file does not hold.",
      body: Import,
      // JSON may write a character with up to six, and UTF-8 with up to four.
      bodyAtMost: 4 * longestFile,
      answers: { 200: { description: "The draft, and what found no place in it.", json: Imported } },
    },
    (c) => {
      const { format, text, file } = c.req.valid("json");
      const { draft, unplaced } = importFile(format, text, file);
      const byPath = kindNames.flatMap((kind) => (draft[kind] ? [[pathOf(kind), draft[kind]] as const] : []));
      return c.json({ draft: Object.fromEntries(byPath), unplaced: [...unplaced] });
    },
  );
}
