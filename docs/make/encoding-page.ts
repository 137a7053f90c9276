/**
 * `docs/encodings/<id>.md`: one encoding, from its declaration, its source's comments and what was measured.
 *
 * @module
 */
import { grouped } from "../../src/format.ts";
import type { Measure } from "../../src/contract/check.ts";
import { factList } from "../../src/explanation/fact-list.ts";
import type { EncodingFacts } from "../../src/explanation/facts.ts";
import type { EncodingNotes } from "../../src/explanation/source-notes.ts";
import { parameterInWords } from "../../src/explanation/words.ts";
import type { EncodingGuide } from "./guides/guide.ts";
import { link, list, small, table } from "./markdown.ts";
import { optionsTable } from "./options.ts";
import type { Costs, EncodingCosts, EncodingEvidence, Evidence } from "./measured.ts";

/** What a page is written from. */
export interface PageInputs {
  readonly facts: EncodingFacts;
  readonly notes: Required<EncodingNotes>;
  readonly pictureNotes: readonly string[];
  readonly evidence: Evidence | undefined;
  readonly costs: Costs | undefined;
  readonly guide: EncodingGuide;
  /** Why a bidirectional model cannot have it; undefined: it can. */
  readonly notInEncoder: string | undefined;
  /** What was recorded of it on text and tasks, as a table. */
  readonly recorded: string | undefined;
}

/** The page. */
export function encodingPage(inputs: PageInputs): string {
  const { facts, notes, pictureNotes, evidence, costs, notInEncoder } = inputs;
  const { id, summary, formula, parameters, options } = facts;
  const known = factList(facts).filter(({ name }) => name !== "");
  const measured = evidence?.encodings[id];
  const cost = costs?.costs[id];
  return [
    `# \`${id}\`\n`,
    `${summary}\n`,
    `\`\`\`\n${formula}\n\`\`\`\n`,
    `![What ${id} does to attention](${id}.svg)\n`,
    ...(pictureNotes.length > 0 ? [`${pictureNotes.join(" ")}\n`] : []),
    ...guideText(inputs),
    `## Facts\n`,
    list([
      ...known.map(({ name, words, url }) => `${name}: ${link(words, url)}`),
      `In bidirectional models: ${notInEncoder === undefined ? "yes" : `no: “${notInEncoder}”`}`,
    ]),
    ...(parameters.length > 0
      ? [`Learned tensors:\n`, list(parameters.map((spec) => code(parameterInWords(spec))))]
      : []),
    ...(options.length > 0 ? [`## Options\n`, optionsTable(options)] : []),
    `## Where it comes from\n`,
    list([`Reference: ${notes.reference}`, `Differs from it: ${notes.differs}`]),
    `## Evidence\n`,
    measured
      ? evidenceText(id, measured)
      : `Not recorded yet: \`node docs/make/evidence.ts ${id}\`.\n`,
    `## Cost\n`,
    cost ? costText(cost) : `Not measured yet: \`node bench/costs.ts --encodings ${id}\`.\n`,
    `[All encodings](../encodings.md)\n`,
  ].join("\n");
}

function guideText({ guide, recorded }: PageInputs): string[] {
  const { intuition, use, usedBy, usedBySources, beyond } = guide;
  const sources = usedBySources.map(({ title, url }) => link(title, url)).join("; ");
  return [
    `## In words\n`,
    `${intuition}\n`,
    `**When to use it.** ${use}\n`,
    `**Who uses it.** ${usedBy}\n`,
    ...(sources === "" ? [] : [`Sources: ${sources}.\n`]),
    `**Beyond the train length.** ${beyond.words}\n`,
    ...(recorded === undefined
      ? []
      : [
          `Recorded by this project, means of three seeds and 95 % intervals; ` +
            `[results](../results.md) has the settings, and what these numbers do and do not show:\n`,
          recorded,
        ]),
  ];
}

/** The name of a tensor as code; what follows is words. */
function code(words: string): string {
  return words.replace(/^(\S+)/, "`$1`");
}

function evidenceText(
  id: string,
  { golden, checked, contract, variants }: EncodingEvidence,
): string {
  const quoted = checked === id ? id : `"${checked}"`;
  const { source, cases, outputs, gradients, library } = golden;
  return [
    `${goldenFrom(id, source)} (${count(cases, "case")}). ` +
      `The largest difference, relative above 1, in float64: outputs ${small(outputs)}, gradients ` +
      `${gradients === null ? "none in the file" : small(gradients)}.` +
      `${library === null ? "" : ` The library's own float32 answers are up to ${small(library)} away.`}\n`,
    `The contract, as \`relpos check ${quoted}\` asks it:\n`,
    table(
      ["Check", "Result", "Number that came nearest to its limit"],
      contract.map(({ check, passed, skipped, nearest }) => [
        check,
        skipped === undefined ? (passed ? "passed" : "**failed**") : "skipped",
        skipped ?? (nearest ? measureText(nearest) : ""),
      ]),
    ),
    ...(variants.length > 0
      ? [
          `With other options:\n`,
          table(
            ["Options", "Passed", "Failed", "Skipped"],
            variants.map(({ options, passed, failed, skipped }) => [
              `\`${options}\``,
              String(passed),
              failed.join(", ") || "0",
              String(skipped),
            ]),
          ),
        ]
      : []),
  ].join("\n");
}

/** Who answered the golden cases: a reference implementation, or the encoding's own formula. */
function goldenFrom(id: string, source: string): string {
  return source.startsWith("test/")
    ? `Golden numbers come from its own formula in float64 loops, \`${source}\``
    : `Golden numbers, \`test/golden/${id}.json\`, come from ${source}`;
}

function measureText({ what, value, must, limit }: Measure): string {
  return `${what}: ${small(value)}, must be ${must === "below" ? "<" : ">"} ${small(limit)}`;
}

function costText(costs: EncodingCosts): string {
  return [
    `Beside \`none\` in the same rounds, median and range; see [the costs of all](../encodings.md#cost).\n`,
    table(
      ["Measured", "Time beside `none`", "Milliseconds", "Peak memory beside `none`"],
      Object.entries(costs).map(([name, cost]) =>
        "failed" in cost
          ? [name, cost.failed, "", ""]
          : [
              name,
              `${times(cost.times[0])} (${times(cost.times[1])} to ${times(cost.times[2])})`,
              String(cost.ms),
              times(cost.peakBytes / cost.peakBytesOfNone),
            ],
      ),
    ),
  ].join("\n");
}

/** "1.30×" */
export function times(value: number): string {
  return `${value.toFixed(2)}×`;
}

function count(number: number, word: string): string {
  return `${grouped(number)} ${word}${number === 1 ? "" : "s"}`;
}
