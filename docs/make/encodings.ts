/**
 * `docs/encodings.md` and the table of the README, written from the list of encodings.
 *
 * @module
 */
import { encodings } from "../../src/encodings/index.ts";
import type {
  EncodingDefinition,
  Initial,
  ModelShape,
  ParameterSpec,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { declaredOptions, headerSection } from "./source-comments.ts";

/** The model of the default comparison. */
const shape: ModelShape = {
  model: 128,
  heads: 4,
  headDim: 32,
  layers: 3,
  vocab: 256,
  trainLength: 128,
  causal: true,
};

const opening = `# Position encodings

This page is written from the list in \`src/encodings/index.ts\` by \`node docs/make/all.ts\`; a test holds it
up to date. Positions count from 0; \`i\` is the query, \`j\` the key, \`h\` the head, and a distance \`i − j\`
is positive in the causal past. Sizes below are those of the default comparison: width 128, 4 heads, train
length 128.
`;

const closing = `## Is \`distance-row\` relative?

No. The article that relpos began from builds it of distances, \`D(i, j) = |i − j|\`, and calls it relative.
But what reaches the model is a row, and row \`i\` says which row it is: its first entry is \`|i − 0| = i\`.
So the vector of a position is a function of that position alone, as with \`sinusoidal\` and \`learned\`, and
no number in it depends on a pair of query and key.

With a linear map there is more. \`D\` is symmetric and, from two positions on, invertible, with determinant
\`(−1)^(N−1) · (N−1) · 2^(N−2)\`. So any table \`P\` of N vectors equals \`D · W\` for exactly one \`W\`: the
encoding is a learned table, written in another basis. Its inverse takes second differences, so a small \`W\`
means a table that bends little: training prefers smooth tables, and that is the difference from \`learned\`.

Two things follow. \`D\` has N rows, so in modes \`fixed\` and \`pad\` a text longer than N has no number, and a
comparison says so instead of inventing one. And where rows know the length of the text (\`pad\`, \`normalise\` and \`bucket\` unless \`causal\`), every
position's vector changes when the text grows, so nothing can be cached. The modes \`fixed-anchors\`,
\`normalise\` and \`bucket\` give numbers at any length; they answer what the article leaves open.

A relative encoding is one whose scores stay as they are when all positions move by one number:
"shift-invariant" above. The contract tests check that property for every encoding, in both directions.
`;

/** The page. */
export function encodingsPage(): string {
  return [opening, encodingsTable(), ...encodings.map(section), closing].join("\n");
}

/** One line an encoding. */
export function encodingsTable(): string {
  const rows = encodings.map((definition) => {
    const encoding = definition.create(shape);
    const { id, paper } = definition;
    const from = paper.url ? `[${paper.year}](${paper.url})` : "the article";
    const limit = encoding.limit ? "the train length" : "any";
    const invariant = encoding.shiftInvariant ? "yes" : "no";
    return [`\`${id}\``, actsOn(encoding), countLearnt(encoding), limit, invariant, from];
  });
  return table(["Encoding", "Acts on", "Learns", "Longest text", "Shift-invariant", "Paper"], rows);
}

function section(definition: EncodingDefinition): string {
  const { id, family, summary, formula, paper } = definition;
  const encoding = definition.create(shape);
  const { limit, cache, shiftInvariant } = encoding;
  const year = paper.year ? ` (${paper.year})` : "";
  const facts = [
    ["Family", family],
    ["Paper", paper.url ? `[${paper.title}](${paper.url})${year}` : paper.title],
    ["Acts on", actsOn(encoding)],
    ["Learned tensors", encoding.parameters.map(describe).join("; ") || "none"],
    ["Length limit", limit ? `${limit.length}: ${limit.reason}` : "none"],
    ["Shift-invariant", shiftInvariant ? "yes" : "no"],
    ["Cache of keys", cacheWords[cache.keys]],
    ["Reference", headerSection(id, "Reference")],
    ["Differs from it", headerSection(id, "Differs")],
  ] as const;
  const options = declaredOptions(id).map(({ name, words }) => [`\`${name}\``, words]);
  return [
    `## \`${id}\`\n`,
    `${summary}\n`,
    `\`\`\`\n${formula}\n\`\`\`\n`,
    `${facts.map(([name, words]) => `- ${name}: ${words}`).join("\n")}\n`,
    ...(options.length > 0 ? [table(["Option", ""], options)] : []),
  ].join("\n");
}

/** Where the encoding has a hook; asked of the hooks, not of the name. */
function actsOn(encoding: PositionEncoding): string {
  const places = [
    ...(encoding.embed
      ? [encoding.extraWidth ? "token vectors, by more columns" : "token vectors, by a sum"]
      : []),
    ...(encoding.rotate ? ["queries and keys"] : []),
    ...(encoding.bias ? ["scores"] : []),
  ];
  return places.join("; ") || "nothing";
}

function countLearnt({ parameters }: PositionEncoding): string {
  const count = parameters.reduce((all, spec) => all + spec.shape.reduce((a, b) => a * b, 1), 0);
  return count === 0 ? "nothing" : `${count.toLocaleString("en-GB")} numbers`;
}

function describe({ name, shape, initial }: ParameterSpec): string {
  return `\`${name}\` [${shape.join(", ")}], ${start(initial)}`;
}

function start(initial: Initial): string {
  switch (initial.kind) {
    case "normal":
      return `starts from N(0, ${Number(initial.deviation.toPrecision(3))}²)`;
    case "uniform":
      return `starts uniform within ±${initial.bound}`;
    case "zeros":
    case "ones":
      return `starts as ${initial.kind}`;
    case "values":
      return "starts from given values";
  }
}

const cacheWords: Readonly<Record<PositionEncoding["cache"]["keys"], string>> = {
  raw: "before rotation",
  rotated: "after rotation",
  either: "possible, before or after rotation",
  rewritten: "possible; new tokens change the keys of old ones",
  recompute: "not possible: longer text changes what was cached",
};

/** A Markdown table, padded as prettier pads it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) =>
    Math.max(3, ...escaped.map((row) => [...(row[column] ?? "")].length)),
  );
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, at) => cell + fill.repeat((widths[at] ?? 0) - [...cell].length)).join(" | ")} |`;
  const rule = line(
    head.map(() => ""),
    "-",
  );
  const [first = [], ...others] = escaped;
  return `${[line(first, " "), rule, ...others.map((row) => line(row, " "))].join("\n")}\n`;
}
