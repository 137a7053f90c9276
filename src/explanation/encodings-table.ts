/**
 * The list of encodings as a table of at most 80 columns, a block for each family.
 *
 * @module
 */
import { grouped } from "../format.ts";
import type { EncodingFamily } from "../encodings/position-encoding.ts";
import { tableLines } from "./columns.ts";
import { actsOnInShort } from "./facts.ts";
import type { EncodingFacts } from "./facts.ts";

/** Families in the order of lists, and what their encodings have in common. */
export const families: Readonly<Record<EncodingFamily, string>> = {
  none: "no encoding",
  input: "token vectors are changed once, before the first block",
  bias: "numbers that depend on positions are added to the scores",
  content: "what is added depends on positions and on content",
  rotary: "queries and keys are rotated by their positions",
  combined: "several encodings at once",
};

const columns = [
  { head: "encoding" },
  { head: "acts on", width: 9 },
  { head: "learns", align: "right" },
  { head: "cache" },
  { head: "limit", align: "right" },
  { head: "shift" },
  { head: "paper" },
] as const;

const key =
  "learns: numbers in the model of the default comparison; cache: how keys may be\n" +
  "cached; limit: the longest text, where any is 16,777,216 tokens; shift: whether\n" +
  "moving all positions by one number leaves the scores as they are; paper: on\n" +
  "arXiv, or its year.\n" +
  "relpos explain <encoding> describes one of them, --json prints all facts of all.\n";

/** The whole text. */
export function encodingsText(all: readonly EncodingFacts[]): string {
  const present = Object.entries(families).flatMap(([family, words]) => {
    const members = all.filter((facts) => facts.family === family);
    return members.length > 0 ? [{ title: `${family}: ${words}`, members }] : [];
  });
  // One table for all, so that columns are aligned; then a title before each family.
  const [head, rule, ...lines] = tableLines(
    columns,
    present.flatMap(({ members }) => members.map(row)),
  );
  const starts = new Map(
    present.map(({ title, members }) => [members[0]!.id, `\n${title}`] as const),
  );
  const body = lines.flatMap((line) => {
    const title = starts.get(line.split(" ", 1)[0]!);
    return title === undefined ? [line] : [title, line];
  });
  return `${[head, rule, ...body].join("\n")}\n\n${key}`;
}

function row(facts: EncodingFacts): string[] {
  const { id, learned, cache, limit, shiftInvariant, paper } = facts;
  const arxiv = /arxiv\.org\/abs\/([\d.]+)/.exec(paper.url ?? "")?.[1];
  return [
    id,
    actsOnInShort(facts),
    learned === 0 ? "-" : grouped(learned),
    cache.keys,
    limit ? String(limit.length) : "any",
    shiftInvariant ? "yes" : "no",
    arxiv ?? String(paper.year ?? "-"),
  ];
}
