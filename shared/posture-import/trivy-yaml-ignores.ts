/** Trivy's `.trivyignore.yaml`: lists of findings, those of vulnerabilities among them, each with what may be said of it. */
import { isMap, isSeq, LineCounter, parseDocument, stringify } from "yaml";
import * as z from "zod";
import { placeException } from "./ignored-advisory.ts";
import { type Collector, unreadable } from "./imported.ts";

const sections = ["vulnerabilities", "misconfigurations", "secrets", "licenses"] as const;

const Finding = z.strictObject({
  id: z.string().min(1),
  paths: z.array(z.string()).optional(),
  purls: z.array(z.string()).optional(),
  /** `YYYY-MM-DD`. */
  expired_at: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  statement: z.string().optional(),
});
const TrivyYaml = z.strictObject({
  vulnerabilities: z.array(Finding).optional(),
  misconfigurations: z.array(Finding).optional(),
  secrets: z.array(Finding).optional(),
  licenses: z.array(Finding).optional(),
});
export type TrivyYaml = z.infer<typeof TrivyYaml>;

/** What the file holds. @throws Failure `invalid` for what is not YAML, refers to parts of itself, or has another form */
export const readTrivyYaml = (text: string): TrivyYaml => readFile(text).file;

/** A file that holds this. */
export const formatTrivyYaml = (file: TrivyYaml): string =>
  stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });

export function importTrivyYaml(collector: Collector, text: string, at: string | undefined): void {
  const { file, lineOf } = readFile(text);
  const of = { tool: "trivy", file: at };
  for (const section of sections)
    for (const [index, finding] of (file[section] ?? []).entries()) {
      const line = lineOf(section, index);
      const { id, statement, expired_at: until, purls = [], paths = [] } = finding;
      if (section !== "vulnerabilities") {
        collector.leave(line, `${id} ${statement ?? ""}`, `It is of ${section}, and no advisory on a dependency`);
        continue;
      }
      const [purl, ...more] = purls;
      const named = purl !== undefined && more.length === 0 ? partsOf(purl) : undefined;
      placeException(collector, { line, id, until, reason: statement, ...named }, of);
      if (!named && purls.length > 0) collector.leave(line, purls.join(" "), "An exception is for one package");
      if (paths.length > 0)
        collector.leave(line, paths.join(" "), "An exception has no place for the paths it is limited to");
    }
}

function readFile(text: string) {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, schema: "failsafe" });
  const [error] = document.errors;
  if (error) throw unreadable("is not YAML", error);
  const { contents } = document;
  const parsed = TrivyYaml.safeParse(contents === null ? {} : asPlain(() => document.toJS({ maxAliasCount: 0 })));
  if (!parsed.success)
    throw unreadable(`is not of this form: lists ${sections.join(", ")} of id, paths, purls, expired_at, statement`);
  const lineOf = (section: string, index: number): number => {
    const list = isMap(contents) ? contents.get(section) : undefined;
    const item = isSeq(list) ? list.items[index] : undefined;
    const offset = (item as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0;
    return counter.linePos(offset).line;
  };
  return { file: parsed.data, lineOf };
}

function asPlain(convert: () => unknown): unknown {
  try {
    return convert() || {};
  } catch (error) {
    throw unreadable("refers to parts of itself: write them out", error);
  }
}

/** `pkg:<type>/<namespace and name>@<version>?<qualifiers>#<subpath>` (Package URL). */
function partsOf(purl: string): { package: string; version?: string; ecosystem: string } | undefined {
  const found = /^pkg:([a-z][a-z0-9.+-]*)\/([^@?#]+)(?:@([^?#]+))?/i.exec(purl);
  if (!found?.[1] || !found[2]) return undefined;
  const [, ecosystem, name, version] = found;
  return { ecosystem, package: decoded(name), ...(version === undefined ? {} : { version: decoded(version) }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
