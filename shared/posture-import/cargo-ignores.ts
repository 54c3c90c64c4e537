/** `[advisories] ignore` of cargo-deny's `deny.toml` and of cargo-audit's `audit.toml`. */
import { parse } from "smol-toml";
import * as z from "zod";
import { placeException } from "./ignored-advisory.ts";
import { type Collector, unreadable } from "./imported.ts";
import { tomlLines } from "./toml-lines.ts";

/** An entry of the list, with the comments that stand at it. `crate` instead of `id`: a version that was yanked. */
export interface CargoIgnore {
  readonly id?: string | undefined;
  readonly crate?: string | undefined;
  readonly reason?: string | undefined;
  readonly comments: readonly string[];
}

type Placed = CargoIgnore & { readonly line: number };

const Entry = z.union([
  z.string().min(1),
  z.strictObject({ id: z.string().min(1), reason: z.string().optional() }),
  z.strictObject({ crate: z.string().min(1), reason: z.string().optional() }),
]);
const File = z.looseObject({
  advisories: z.looseObject({ ignore: z.array(Entry).default([]) }).default({ ignore: [] }),
});

/** The entries in their order. @throws Failure `invalid` for what is not TOML, or has another form */
export function readCargoIgnores(text: string): readonly CargoIgnore[] {
  return readFile(text).entries.map(({ line: _, ...entry }) => entry);
}

/** A file with these entries, and nothing else in it. */
export function formatDenyToml(entries: readonly CargoIgnore[]): string {
  return formatted(entries, ({ id, crate, reason }) => {
    if (id !== undefined && reason === undefined) return quoted(id);
    const said = [id === undefined ? `crate = ${quoted(crate ?? "")}` : `id = ${quoted(id)}`];
    if (reason !== undefined) said.push(`reason = ${quoted(reason)}`);
    return `{ ${said.join(", ")} }`;
  });
}

/** A file of cargo-audit, which takes ids alone: a reason becomes a comment. */
export function formatAuditToml(entries: readonly CargoIgnore[]): string {
  const withIds = entries.filter(({ id }) => id !== undefined);
  const asComments = withIds.map(({ reason, comments, ...entry }) => ({
    ...entry,
    comments: reason === undefined ? comments : [...comments, reason.replaceAll(/\s+/g, " ").trim()],
  }));
  return formatted(asComments, ({ id }) => quoted(id ?? ""));
}

export function importDenyToml(collector: Collector, text: string, file: string | undefined): void {
  importToml(collector, text, { tool: "cargo-deny", file });
}

export function importAuditToml(collector: Collector, text: string, file: string | undefined): void {
  importToml(collector, text, { tool: "cargo-audit", file });
}

function importToml(
  collector: Collector,
  text: string,
  of: { readonly tool: string; readonly file: string | undefined },
) {
  const { entries, others, loose } = readFile(text);
  for (const { line, id, crate, reason, comments } of entries) {
    const why = [reason, ...comments].filter((part) => part !== undefined).join(" ");
    if (id !== undefined) placeException(collector, { line, id, reason: why }, of);
    else collector.leave(line, `${crate ?? ""} ${why}`, "It is about a version that was yanked, not about an advisory");
  }
  for (const { line, name } of others) collector.leave(line, name, "It is a setting of the tool, and no exception");
  for (const { line, text: comment } of loose)
    collector.leave(line, comment, "It is a comment that stands at no entry");
}

function readFile(text: string) {
  const table = parsed(text);
  const file = File.safeParse(table);
  if (!file.success)
    throw unreadable("has in [advisories] ignore something else than ids, and tables of id or crate and reason");
  const lines = tomlLines(text);
  const { ignore, ...settings } = file.data.advisories;
  const entries = ignore.map((given): Placed => {
    const entry = typeof given === "string" ? (given.includes("@") ? { crate: given } : { id: given }) : given;
    return { ...entry, ...lines.next("id" in entry ? entry.id : entry.crate) };
  });
  const others = [
    ...Object.keys(settings).map((name) => ({ line: lines.lineOf(name), name: `[advisories] ${name}` })),
    ...Object.keys(table)
      .filter((name) => name !== "advisories")
      .map((name) => ({ line: lines.lineOf(name), name })),
  ];
  return { entries, others, loose: lines.loose() };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return parse(text, { maxDepth: 40 });
  } catch (error) {
    throw unreadable("is not TOML", error);
  }
}

function formatted(entries: readonly CargoIgnore[], written: (entry: CargoIgnore) => string): string {
  const lines = entries.flatMap((entry) => [
    ...entry.comments.map((comment) => `  # ${comment}`),
    `  ${written(entry)},`,
  ]);
  return ["[advisories]", "ignore = [", ...lines, "]", ""].join("\n");
}

/** A basic string of TOML: JSON's escapes are among its own, but for DEL, which it wants escaped. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007F");
