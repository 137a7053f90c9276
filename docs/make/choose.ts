/**
 * `docs/choose.md`: which encoding to use, by need, from the records in `docs/results/`, the measured costs and what
 * the code declares. No sentence about a number is written by hand.
 *
 * @module
 */
import type { Records } from "../../reproduce/claims.ts";
import { measureNamed } from "../../reproduce/experiment.ts";
import type { MeasureName, Place } from "../../reproduce/experiment.ts";
import { encodings } from "../../src/encodings/index.ts";
import { factsOf } from "../../src/explanation/facts.ts";
import { referenceShape } from "../../src/explanation/reference-shape.ts";
import { learntInWords } from "../../src/explanation/words.ts";
import { between, decimal, grouped, listed, multiple, signed } from "../../src/format.ts";
import { costSection } from "./choose-costs.ts";
import { standingsAt } from "./choose-standings.ts";
import type { Standings } from "./choose-standings.ts";
import { times } from "./encoding-page.ts";
import { guideOf, refusedInEncoder } from "./guides/index.ts";
import { idOf, ownExperiments } from "./guides/recorded.ts";
import { list, table } from "./markdown.ts";
import type { Costs } from "./measured.ts";

const opening = `# Which encoding should I use?

This page is written by \`node docs/make/all.ts\` from what this project recorded: \`docs/results/*.json\`,
\`docs/encodings/costs.json\` and the declarations in the code. At each place the encoding with the best mean comes
first, and all others are compared with it, seed by seed, by 95 % intervals that hold for all differences of the place together:

- as good: the whole interval is below ${tolerances().text} on text, or ${tolerances().tasks} of the samples on tasks;
- not decided: the interval contains zero and reaches further than that;
- worse: the whole interval is on the worse side.

The first is the best by the same numbers by which it was chosen, so its lead is somewhat overestimated.

These models are small: 660,000 parameters on text and 150,000 on tasks, train lengths from 16 to 64 tokens, three seeds, one book.
What holds here need not hold for large models on much text ([all records](results.md)). The one way to know for your text and
size is to compare:

\`\`\`
npx relpos compare --text book.txt --encodings "rope,alibi,t5(form=scaled,maxDistance=32),kerple-log" --seeds 1,2,3
\`\`\`
`;

/** What counts as no difference, in words. */
function tolerances(): { readonly text: string; readonly tasks: string } {
  const [text, tasks] = (["bits per byte", "exact match"] as const).map((name) => {
    const { tolerance } = measureNamed(name);
    return `${100 * ("relative" in tolerance ? tolerance.relative : tolerance.absolute)} %`;
  }) as [string, string];
  return { text: `${text} of the loss`, tasks };
}

interface Need {
  readonly title: string;
  readonly words: string;
  readonly measure: MeasureName;
  readonly places: readonly Place[];
}

const text = (length: number): Place => ({ experiment: "text", length });

const needs: readonly Need[] = [
  {
    title: "Text within the train length",
    words: "Bits per byte on Moby-Dick, trained and judged on windows of 64 bytes.",
    measure: "bits per byte",
    places: [text(64)],
  },
  {
    title: "Text beyond the train length",
    words: "The same models at 4 and 16 times the train length, in windows that do not overlap.",
    measure: "bits per byte",
    places: [text(256), text(1024)],
  },
  {
    title: "Exact algorithmic tasks",
    words:
      "The share of samples of which every token is right, at the train length and at the longest length that was judged. Copy, reverse and sort were " +
      "trained up to length 20, flip-flop up to 32, counting and selective copy up to 16.",
    measure: "exact match",
    places: [
      ...["copy", "reverse", "sort"].flatMap((experiment) =>
        [20, 24, 40].map((length) => ({ experiment, length })),
      ),
      { experiment: "flip-flop", length: 32 },
      { experiment: "flip-flop", length: 64 },
      { experiment: "counting", length: 16 },
      { experiment: "counting", length: 32 },
      { experiment: "selective-copy", length: 16 },
    ],
  },
];

/** Below this share of right samples a place says nothing of which encoding is better. */
const leastSolved = 0.05;

/** The page. */
export function choosePage(records: Records, costs: Costs | undefined): string {
  return [
    opening,
    `## In short\n`,
    list(inShort(records, costs)),
    ...needs.flatMap((need) => needSection(need, records)),
    ...(costs ? [costSection(costs)] : []),
    encoderSection(),
    undecided(records),
    glance(records, costs),
  ].join("\n");
}

/** The best and those that are as good, at every given place. */
function bestAt(records: Records, places: readonly Place[], measure: MeasureName): string[] {
  const sets = places.map((place) => {
    const { best, level } = standingsAt(records, place, measure);
    return [best, ...level].map(({ encoding }) => encoding);
  });
  return (sets[0] ?? []).filter((encoding) => sets.every((set) => set.includes(encoding)));
}

function inShort(records: Records, costs: Costs | undefined): string[] {
  const [within, beyond, tasks] = needs as [Need, Need, Need];
  const coded = (encodings: readonly string[]): string =>
    listed(encodings.map((name) => `\`${name}\``)) || "none";
  const near = bestAt(records, within.places, within.measure);
  const far = bestAt(records, beyond.places, beyond.measure);
  const both = near.filter((encoding) => far.includes(encoding));
  const firstPlaces = tasks.places.filter(
    ({ experiment }, at, all) => all.findIndex((one) => one.experiment === experiment) === at,
  );
  const named = [...new Set([...near, ...far].map(idOf).concat("alibi", "rope"))];
  return [
    `Text within the train length: ${coded(near)}.`,
    `Text at 4 and at 16 times the train length: ${coded(far)}. At both and within it: ${coded(both)}.`,
    ...(costs
      ? [
          `Time of a training step beside \`none\`, at 512 and at 4,096 tokens: ` +
            `${listed(named.map((id) => `\`${id}\` ${stepTimes(costs, id)}`))}.`,
        ]
      : []),
    `Tasks, at the train length: ${firstPlaces
      .map((place) => `${place.experiment} ${coded(bestAt(records, [place], tasks.measure))}`)
      .join("; ")}.`,
    `Encoders: nothing was recorded.`,
  ];
}

/** "0.96× and 1.09×" */
function stepTimes({ costs }: Costs, id: string): string {
  return ["train 512", "train 4096"]
    .map((name) => costs[id]?.[name])
    .map((cost) => (cost && !("failed" in cost) ? times(cost.times[0]) : "not measured"))
    .join(" and ");
}

function needSection({ title, words, measure, places }: Need, records: Records): string[] {
  const all = places.map((place) => standingsAt(records, place, measure));
  return [
    `## ${title}\n`,
    `${words}\n`,
    table(
      ["Where", "Best mean", "As good", "Not decided", "Worse"],
      all.map((found) => [placeWords(found, records), ...groupsInCells(found)]),
    ),
    `<details><summary>Differences to the best, with intervals</summary>\n`,
    ...all.flatMap((found) => differences(found, records)),
    `</details>\n`,
  ];
}

/** "copy at 24 (1.2×)" */
function placeWords({ place: { experiment, length } }: Standings, records: Records): string {
  const { trainLength } = records.get(experiment)!.settings;
  return `${experiment} at ${grouped(length)} (${multiple(length, trainLength ?? length)})`;
}

function isSolved({ best, measure }: Standings): boolean {
  return measure !== "exact match" || best.value >= leastSolved;
}

function groupsInCells(found: Standings): string[] {
  const { best, level, open, worse } = found;
  if (!isSolved(found))
    return [`no encoding has ${decimal(leastSolved, 2)} of the samples right`, "", "", ""];
  return [[best], level, open, worse].map(
    (members) =>
      members.map(({ encoding, value }) => `\`${encoding}\` ${decimal(value)}`).join(", ") || "–",
  );
}

function differences(found: Standings, records: Records): string[] {
  const { best, level, open, worse, without } = found;
  if (!isSolved(found)) return [];
  const groups = { "as good": level, "not decided": open, worse };
  const rows = Object.entries(groups).flatMap(([group, members]) =>
    members.map(({ encoding, value, behind, interval }) => [
      `\`${encoding}\``,
      decimal(value),
      signed(behind),
      interval ? between(interval) : "–",
      group,
    ]),
  );
  return [
    `${placeWords(found, records)}, beside \`${best.encoding}\` ${decimal(best.value)}:\n`,
    table(["Encoding", "Mean", "Worse by", "95 %, all together", "Outcome"], rows),
    ...(without.length > 0
      ? [`No number there: ${listed(without.map((name) => `\`${name}\``))}.\n`]
      : []),
  ];
}

function encoderSection(): string {
  const refused = encodings.filter((one) => refusedInEncoder(one) !== undefined);
  return [
    `## Encoders\n`,
    `This project has recorded no comparison of bidirectional models, so it names no best one. What the code knows: ` +
      `${listed(refused.map(({ id }) => linked(id)))} need a causal mask and are refused; the other ${encodings.length - refused.length} can be used. ` +
      `Of those, \`none\` and the factors \`log-n\`, \`query-temperature\` and \`scalable-softmax\` by themselves give a bidirectional model no order. ` +
      `A bias of the distance alone, such as \`alibi\`, has the same number for a key before and after the query; its option \`sides\` can tell them apart. ` +
      `Released encoders use \`learned\` (BERT), \`t5\`, \`deberta\`, \`rope\` (ModernBERT) and symmetric \`alibi\`; that is what others chose, and no result of this page.\n`,
  ].join("\n");
}

function undecided(records: Records): string {
  const recorded = new Set(
    ownExperiments(records).flatMap(({ settings }) => settings.encodings.map(idOf)),
  );
  const never = encodings.filter(({ id }) => !recorded.has(id)).map(({ id }) => linked(id));
  return [
    `## What is not decided\n`,
    list([
      `What the tables above call so: with three seeds, the interval of a small difference contains zero.`,
      `Anything about ${listed(never)}: ${never.length} of ${encodings.length} encodings were not recorded on text or on a task.`,
      `Whether the order is the same for larger models, longer training, longer train lengths, or another text.`,
      `Extension of rotary models (position interpolation, NTK, YaRN and others): it is implemented and tested, and no comparison of it was recorded.`,
      `Encoders, as said above.`,
    ]),
  ].join("\n");
}

const beyondWords = {
  ends: "no number",
  holds: "loss stays",
  fails: "loss rises",
  depends: "depends",
  open: "not known here",
} as const;

function glance(records: Records, costs: Costs | undefined): string {
  const recorded = new Set(
    ownExperiments(records).flatMap(({ settings }) => settings.encodings.map(idOf)),
  );
  const rows = encodings.map((definition) => {
    const { id } = definition;
    const cost = costs?.costs[id]?.["train 512"];
    return [
      linked(id),
      beyondWords[guideOf(id).beyond.outcome],
      recorded.has(id) ? "yes" : "no",
      refusedInEncoder(definition) === undefined ? "yes" : "no",
      learntInWords(factsOf(definition, referenceShape)),
      cost && !("failed" in cost) ? times(cost.times[0]) : "-",
    ];
  });
  return [
    `## All encodings in one table\n`,
    `"Beyond" is what happens to the loss on texts longer than those of training, with default options: as recorded here, else "not known here"; ` +
      `each page says more. The cost is the time of a training step at 512 tokens beside \`none\`.\n`,
    table(["Encoding", "Beyond", "Recorded here", "In encoders", "Learns", "Cost"], rows),
  ].join("\n");
}

function linked(id: string): string {
  return `[\`${id}\`](encodings/${id}.md)`;
}
