/**
 * `docs/encodings.md`, the index of all encodings, and the list of the README, written from the list.
 *
 * @module
 */
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingFamily } from "../../src/encodings/position-encoding.ts";
import { families } from "../../src/explanation/encodings-table.ts";
import { factsOf } from "../../src/explanation/facts.ts";
import type { EncodingFacts } from "../../src/explanation/facts.ts";
import { referenceShape } from "../../src/explanation/reference-shape.ts";
import { anyLength, learntInWords } from "../../src/explanation/words.ts";
import { grouped } from "../../src/format.ts";
import { costLimit, costReasons } from "./cost-reasons.ts";
import { compositionsSection } from "./compositions.ts";
import { times } from "./encoding-page.ts";
import { list, small, table } from "./markdown.ts";
import type { Costs, EncodingEvidence, Evidence, VariantEvidence } from "./measured.ts";

const { model, heads, layers, trainLength } = referenceShape;

const opening = `# Position encodings

This page and those it leads to are written from the list in \`src/encodings/index.ts\` by
\`node docs/make/all.ts\`; a test holds them up to date. \`relpos encodings\` prints the list, and
\`relpos explain <encoding>\` what a page says, with the picture.

Positions count from 0; \`i\` is the query, \`j\` the key, \`h\` the head, and a distance \`i − j\` is positive in the
causal past. Sizes are those of the default comparison: width ${model}, ${heads} heads, ${layers} layers, train
length ${trainLength}. An encoding is shift-invariant if moving all positions by one number leaves the scores as
they are; the contract checks that in both directions. Where the longest text is "any", it goes ${anyLength}.

New to the field? [Position encodings, from the distance matrix on](learn.md) explains the ideas and has a glossary;
[Which encoding should I use?](choose.md) goes by need and by what was measured.
[Your own encoding](own-encoding.md) is a file of about ten lines.

Who uses an encoding, as its page names models, is from papers and model code as of November 2026; no list is complete.
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
`;

/** The index. */
export function encodingsPage(evidence: Evidence | undefined, costs: Costs | undefined): string {
  const all = encodings.map((definition) => factsOf(definition, referenceShape));
  return [
    opening,
    ...inFamilies(all).flatMap(({ family, members }) => [
      `## ${titles[family]}\n`,
      table(
        ["Encoding", "Acts on", "Learns", "Longest text", "Shift-invariant", "Paper"],
        members.map((facts) => row(facts, "encodings/")),
      ),
    ]),
    compositionsSection(),
    ...(evidence ? [evidenceSection(all, evidence)] : []),
    ...(costs ? [costSection(all, costs)] : []),
    closing,
  ].join("\n");
}

/** The README's list: a line a family. */
export function encodingsList(): string {
  const all = encodings.map((definition) => factsOf(definition, referenceShape));
  return list(
    inFamilies(all).map(
      ({ family, members }) =>
        `${titles[family]} (${families[family]}): ` +
        members.map(({ id }) => `[\`${id}\`](docs/encodings/${id}.md)`).join(", "),
    ),
  );
}

const titles: Readonly<Record<EncodingFamily, string>> = {
  none: "Without positions",
  input: "Input",
  bias: "Position bias",
  content: "Content",
  rotary: "Rotary",
  combined: "Combined",
};

/** Families that have members, in the order of lists. */
function inFamilies(
  all: readonly EncodingFacts[],
): { readonly family: EncodingFamily; readonly members: readonly EncodingFacts[] }[] {
  return (Object.keys(families) as EncodingFamily[]).flatMap((family) => {
    const members = all.filter((facts) => facts.family === family);
    return members.length > 0 ? [{ family, members }] : [];
  });
}

function row(facts: EncodingFacts, folder: string): string[] {
  const { id, paper, actsOn, limit, shiftInvariant } = facts;
  const from = paper.url
    ? `[${paper.year ?? "paper"}](${paper.url})`
    : (paper.year?.toString() ?? "unpublished");
  return [
    `[\`${id}\`](${folder}${id}.md)`,
    actsOn.join("; ") || "nothing",
    learntInWords(facts),
    limit === null
      ? "any"
      : limit.length === trainLength
        ? "the train length"
        : grouped(limit.length),
    shiftInvariant ? "yes" : "no",
    from,
  ];
}

function evidenceSection(all: readonly EncodingFacts[], evidence: Evidence): string {
  const known = all.flatMap((facts): [EncodingFacts, EncodingEvidence][] => {
    const found = evidence.encodings[facts.id];
    return found ? [[facts, found]] : [];
  });
  const rows = known.map(([{ id }, { golden, contract, variants }]) => {
    const ran = contract.filter(({ skipped }) => skipped === undefined);
    const passed = ran.filter((each) => each.passed).length;
    const total = (of: (variant: VariantEvidence) => number): number =>
      variants.reduce((sum, variant) => sum + of(variant), 0);
    return [
      `[\`${id}\`](encodings/${id}.md#evidence)`,
      String(golden.cases),
      small(golden.outputs),
      golden.gradients === null ? "-" : small(golden.gradients),
      `${passed + total((v) => v.passed)} of ${ran.length + total((v) => v.passed + v.failed.length)}`,
      String(variants.length + 1),
    ];
  });
  return [
    `## Evidence\n`,
    `Against the reference's numbers in float64, the largest difference, relative above 1; and the checks of the ` +
      `contract over all sets of options that the tests know. Written by \`node docs/make/evidence.ts\` ` +
      `(${environmentText(evidence.environment)}).\n`,
    table(
      ["Encoding", "Golden cases", "Outputs", "Gradients", "Contract passed", "Sets of options"],
      rows,
    ),
  ].join("\n");
}

function costSection(all: readonly EncodingFacts[], costs: Costs): string {
  const { machine, rounds, threads, model } = costs;
  const names = [...new Set(Object.values(costs.costs).flatMap(Object.keys))];
  const rows = all.map(({ id }) => {
    const own = costs.costs[id];
    const cells = names.map((name) => {
      if (own === undefined) return "not measured";
      const cost = own[name];
      if (cost === undefined) return "-";
      return "failed" in cost
        ? "failed"
        : `${times(cost.times[0])}, ${times(cost.peakBytes / cost.peakBytesOfNone)}`;
    });
    return [`[\`${id}\`](encodings/${id}.md#cost)`, ...cells];
  });
  const sizes = Object.entries(model).map(([name, size]) => `${name} ${size}`);
  return [
    `## Cost\n`,
    `Time and peak memory beside \`none\`: a training step and a decoded token, at the length in the head. Medians of at least ` +
      `${rounds} rounds in which both take turns, ${threads} threads, ${sizes.join(", ")}; ${machine}. Written by ` +
      `\`node bench/costs.ts\`.\n`,
    table(["Encoding", ...names], rows),
    ...aboveLimit(all, costs),
  ].join("\n");
}

/** The encodings that cost much at 512 tokens, with the reason. Throws for one without. */
function aboveLimit(all: readonly EncodingFacts[], { costs }: Costs): string[] {
  const above = all.flatMap(({ id }) => {
    const cost = costs[id]?.["train 512"];
    return cost && !("failed" in cost) && cost.times[0] > costLimit ? [{ id, cost }] : [];
  });
  if (above.length === 0) return [];
  const words = above.map(({ id, cost }) => {
    const reason = costReasons[id];
    if (reason === undefined)
      throw new Error(
        `documents: ${id} takes ${times(cost.times[0])} at 512; say why in cost-reasons.ts.`,
      );
    return `\`${id}\` (${times(cost.times[0])}): ${reason}`;
  });
  return [`Above ${times(costLimit)} for a step at 512 tokens, and why:\n`, list(words)];
}

function environmentText(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
