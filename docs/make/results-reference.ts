/**
 * The section of `docs/results.md` with the reference runs: what was trained, the numbers, what was published, the commands.
 *
 * @module
 */
import { commandText, evaluateWords, trainWords } from "../../reproduce/reference/commands.ts";
import { ownFrequent } from "../../reproduce/reference/record.ts";
import type { ReferenceRecord, TestRecord, ValueRecord } from "../../reproduce/reference/record.ts";
import type { ReferenceRun } from "../../reproduce/reference/reference-run.ts";
import { grouped, listed, shortened } from "../../src/format.ts";
import { halfEven } from "../../src/measures/text/half-even.ts";
import type { TextMeasure } from "../../src/measures/text/text-measure.ts";
import { pairMeasures } from "../../src/runs/pair-measures.ts";
import { list, table } from "./markdown.ts";

const opening = `## Reference results

Models that \`relpos train --task\` trains on data that the field knows, at a size that two cores hold, judged as \`relpos evaluate\`
judges. Each is one model with one seed. Its intervals, 95 %, are a bootstrap over the judged texts with 1,000
resamples: they say how the value of this model would vary with other texts, and nothing of what another seed would give.
Published numbers are of other models, training times and data preparation; they are given for orientation, and no claim is made
about them. \`npm run reproduce -- --only ID\` trains, judges and writes the record again, and goes on where it was stopped. The
commands below it do the same by hand.
`;

/** The section; undefined where no reference run is declared. */
export function referenceSection(
  runs: readonly ReferenceRun[],
  records: ReadonlyMap<string, ReferenceRecord>,
): string {
  return [opening, ...runs.map((run) => oneRun(run, records.get(run.id)))].join("\n");
}

function oneRun(run: ReferenceRun, record: ReferenceRecord | undefined): string {
  const { id, title, about, published, sources } = run;
  const head = [
    `### ${title}\n`,
    `${sources.map((source) => `[${source.title}](${source.url})`).join("; ")}.\n`,
    `Data: ${about}\n`,
    `Published: ${published}\n`,
  ];
  if (record === undefined)
    return [
      ...head,
      `There is no record yet; \`npm run reproduce -- --only ${id}\` makes it.\n`,
      commands(run),
    ].join("\n");
  const measures = pairMeasures[run.settings.task].filter((one) => run.measures.includes(one.id));
  return [
    ...head,
    `Here: ${trainedWords(record)}\n`,
    `**${verdict(run, record, measures)}**\n`,
    resultTable(record, measures),
    "",
    ...differenceWords(record, measures),
    ...signatureWords(record, measures),
    ...noteList(record),
    examples(record),
    commands(run),
  ].join("\n");
}

/** Size, steps, seed, time. */
function trainedWords({ settings, model, environment }: ReferenceRecord): string {
  const { batch = 64, seed, encoding = "rope", width = 128 } = settings;
  const { parameters, steps, bestStep, validationLoss, processorSeconds, notes } = model;
  const chosen =
    bestStep === undefined
      ? ""
      : bestStep === steps
        ? ", with the lowest validation loss after the last, so that a longer training may do better"
        : `, of which the weights after ${grouped(bestStep)} had the lowest validation loss and are judged`;
  const time =
    processorSeconds === undefined
      ? ""
      : ` Training took ${(processorSeconds / 60).toFixed(0)} minutes of processor time, ${(processorSeconds / 60 / environment.cores).toFixed(0)} for each of ${environment.cores} cores, with other work beside it.`;
  return (
    `${grouped(parameters)} parameters, width ${width}, \`${encoding}\`, ${grouped(steps)} steps of ${batch} pairs${chosen}; seed ${seed}. ` +
    `Validation loss ${validationLoss.toFixed(3)} nats a token (${model.judged}).${time}` +
    notes.map((note) => ` ${sentence(note)}`).join("")
  );
}

function verdict(
  { goal, pass }: ReferenceRun,
  { tests }: ReferenceRecord,
  [first]: readonly TextMeasure[],
): string {
  const values = tests.map((test) => test.values[first!.id]!);
  if (pass !== undefined) {
    const error = 1 - mean(values.map(({ value }) => value));
    // The tests are of different questions, so the squares of their uncertainties add up.
    const half = Math.hypot(...values.map(({ low, high }) => (high - low) / 2)) / values.length;
    const failed = values.filter(({ value }) => value < pass.least).length;
    const beside = (here: number, there: number): string =>
      here < there ? "lower" : here > there ? "higher" : "the same";
    return (
      `The mean error is ${percent(error)} (± ${(100 * half).toFixed(1)}), ${beside(error, pass.error)} than the published ${percent(pass.error)}; ${failed} of ` +
      `${tests.length} tasks fail, where ${pass.failed} were published.`
    ).replace("the same than", "the same as");
  }
  const named = tests.map(({ id }, at) => `${valueWords(first!, values[at]!)} on ${id}`);
  const reached =
    goal === undefined
      ? ""
      : values.every(({ value }) => value >= goal)
        ? `; the goal of ${goal} is reached`
        : `; the goal of ${goal} is not reached`;
  return `${first!.printed.name} ${listed(named)}${reached}.`;
}

/** A line for each test, and for what needs no model. */
function resultTable({ tests }: ReferenceRecord, measures: readonly TextMeasure[]): string {
  if (tests.length > 1) return manyTests(tests, measures[0]!);
  const [test] = tests;
  const heads = measures.flatMap(({ printed }) => [printed.name, "95 %"]);
  const without = test!.yardsticks.map(({ name, values }) => [
    `without a model: ${name}`,
    ...measures.flatMap((measure) => [halfEven(values[measure.id]!, measure.printed.digits), "–"]),
  ]);
  const model = measures.flatMap((measure) => {
    const value = test!.values[measure.id]!;
    return [halfEven(value.value, measure.printed.digits), rangeWords(measure, value)];
  });
  return table(
    [`${test!.id}, ${grouped(test!.pairs)} pairs`, ...heads],
    [["this model", ...model], ...without],
  );
}

/** A line for each test with the first measure alone. */
function manyTests(tests: readonly TestRecord[], measure: TextMeasure): string {
  const named = tests[0]!.yardsticks.some(({ name }) => name === ownFrequent);
  const beside = named ? [ownFrequent] : [];
  const rows = tests.map(({ id, values, yardsticks }) => {
    const value = values[measure.id]!;
    return [
      ...[id, halfEven(value.value, measure.printed.digits), rangeWords(measure, value)],
      ...beside.map((name) =>
        halfEven(
          yardsticks.find((one) => one.name === name)!.values[measure.id]!,
          measure.printed.digits,
        ),
      ),
    ];
  });
  return table(["Test", measure.printed.name, "95 %", ...beside], rows);
}

/** Beside the first sentence, text by text. */
function differenceWords({ tests }: ReferenceRecord, measures: readonly TextMeasure[]): string[] {
  return tests.flatMap(({ differences }) => {
    if (differences === undefined) return [];
    const words = measures.map((measure) => {
      const { value, low, high } = differences[measure.id]!;
      const where = low > 0 ? "above" : high < 0 ? "below" : "neither above nor below";
      return `${where} it in ${measure.printed.name} (${valueWords(measure, { value, low, high })})`;
    });
    return [
      `Beside the first sentence of the source, paired text by text, the model is ${listed(words)}.\n`,
    ];
  });
}

function signatureWords({ tests }: ReferenceRecord, measures: readonly TextMeasure[]): string[] {
  const [{ signatures }] = tests as [TestRecord];
  const words = measures.map(({ id, printed }) => `${printed.name} \`${signatures[id]!}\``);
  return [`Computed as: ${words.join("; ")}.\n`];
}

/** What a reader should know of the tests, by their ids. */
function noteList({ tests }: ReferenceRecord): string[] {
  const notes = tests.flatMap((test) => test.notes);
  return notes.length === 0 ? [] : ["Of the tests:\n", list(notes)];
}

/** The first sources with what was written for them. */
function examples({ tests }: ReferenceRecord): string {
  const [first] = tests;
  const rows = first!.examples.map(({ source, written, answer }) => [
    ...[source, written, answer].map((text) => plain(shortened(text, 300))),
  ]);
  return [
    `<details><summary>The first texts of ${first!.id}, not chosen</summary>\n`,
    table(["Source", "Written", "Right"], rows),
    "\n</details>\n",
  ].join("\n");
}

function commands(run: ReferenceRun): string {
  const lines = [
    commandText(trainWords(run)),
    ...run.tests.map((test) => commandText(evaluateWords(run, test))),
  ];
  return [
    "<details><summary>The same by hand</summary>\n",
    `\`\`\`\n${lines.join("\n")}\n\`\`\`\n`,
    "</details>\n",
  ].join("\n");
}

function valueWords(measure: TextMeasure, { value, low, high }: ValueRecord): string {
  return `${halfEven(value, measure.printed.digits)}, ${rangeWords(measure, { value, low, high })}`;
}

function rangeWords({ printed }: TextMeasure, { low, high }: ValueRecord): string {
  return `${halfEven(low, printed.digits)} to ${halfEven(high, printed.digits)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function sentence(note: string): string {
  const text = note.replace(/\.$/, "");
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** A text that markdown leaves as it is. */
function plain(text: string): string {
  return text.replace(/[\\`*_<>[\]~#&]/g, "\\$&").replace(/\s+/g, " ");
}
