import type { Finding } from "#shared/verify/finding.ts";

const words = {
  holds: "holds",
  absent: "-",
  waits: "waits",
  skipped: "not checked",
  lie: "LIE",
} as const satisfies Record<Finding["result"], string>;

/** The findings as a table of three columns. */
export function formatTable(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [finding.check, words[finding.result], detailOf(finding)] as const);
  const all = [["check", "result", "detail"] as const, ...rows];
  const [first, second] = [0, 1].map((column) => Math.max(...all.map((row) => (row[column] ?? "").length))) as [
    number,
    number,
  ];
  return all.map(([check, result, detail]) => `${check.padEnd(first)}  ${result.padEnd(second)}  ${detail}\n`).join("");
}

const detailOf = (finding: Finding): string =>
  plain(finding.result === "lie" ? `${finding.lie}: ${finding.detail}` : finding.detail);

/** Some of the text comes from the site: it must not steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, "\uFFFD");
