import { createReadStream } from "node:fs";
import { Lie } from "#shared/verify/finding.ts";

const longestLine = 1_048_576;

/** The lines of a file, ended by line feeds, in constant memory. @throws Lie for a line over 1 MiB, or a last one without its end */
export async function* exportLines(path: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield rest.toString("utf8", 0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > longestLine)
      throw new Lie("too-long", `A line of the export is longer than ${longestLine} bytes.`);
  }
  if (rest.length > 0) throw new Lie("export-malformed", "The last line of the export is cut off.");
}
