/**
 * Trains the model of a reference run, in a folder that goes on where it was stopped, and judges it as `relpos evaluate` does.
 *
 * @module
 */
import path from "node:path";
import { defaultSettings } from "../../src/comparison/settings.ts";
import { pairedBootstrap } from "../../src/comparison/statistics/paired-bootstrap.ts";
import { answersOf } from "../../src/data/pairs/pair.ts";
import { loadTestPairs } from "../../src/data/pairs/load-pairs.ts";
import type { TextPair } from "../../src/data/pairs/pair.ts";
import { leadOf, simpleAnswers } from "../../src/data/pairs/simple-answers.ts";
import type { Items } from "../../src/measures/items.ts";
import { valueOf } from "../../src/measures/measure.ts";
import { textItems } from "../../src/measures/text/text-measure.ts";
import type { TextMeasure } from "../../src/measures/text/text-measure.ts";
import { evaluatePairRun } from "../../src/runs/evaluate-pair-run.ts";
import type { JudgedPart } from "../../src/runs/evaluate-pair-run.ts";
import { openAnyPairRun } from "../../src/runs/open-span-run.ts";
import { pairMeasures, scored } from "../../src/runs/pair-measures.ts";
import { trainPairRun } from "../../src/runs/train-pair-run.ts";
import type { RunEvaluation } from "../../src/runs/train-in-folder.ts";
import { environmentOf } from "../../src/sweep/environment.ts";
import { version } from "../../src/version.ts";
import { bootstrapInterval } from "./interval.ts";
import { knownPairs } from "./known-pairs.ts";
import { addTime, processorSeconds, readTime } from "./processor-time.ts";
import { ownFrequent } from "./record.ts";
import type { ReferenceRecord, TestRecord, ValueRecord } from "./record.ts";
import { folderOf } from "./reference-run.ts";
import type { ReferenceRun, ReferenceTest } from "./reference-run.ts";

/** What a reference run is given. */
export interface ReferenceRequest {
  /** Where models keep their checkpoints. */
  readonly folder: string;
  /** Stops after the current step or text; the next call goes on from there. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Trains and judges one model.
 *
 * @returns undefined where the signal stopped it
 * @throws {InputError} the folder holds another run, or a file cannot be read
 */
export async function runReference(
  run: ReferenceRun,
  request: ReferenceRequest,
): Promise<ReferenceRecord | undefined> {
  const { signal, say } = request;
  const folder = path.join(request.folder, folderOf(run));
  const trained = await trainedModel(run, folder, request);
  if (trained === undefined) return undefined;
  const opened = await openAnyPairRun(folder);
  const tests: TestRecord[] = [];
  for (const [at, test] of run.tests.entries()) {
    const { id } = test;
    if (signal.aborted) return undefined;
    const parts: JudgedPart[] = [];
    const { files, unknown } = await knownPairs(
      opened.tokenizer,
      test.files,
      `${folder}-tests/${at + 1}.jsonl`,
    );
    try {
      const { notes } = await evaluatePairRun(opened, {
        ...{ data: { files }, generation: run.generation, signal },
        onPart: (part) => parts.push(part),
      });
      const frequent = await frequentIn(test);
      tests.push(testRecord(run, { id, part: parts[0]!, unknown, notes, frequent }));
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
    say(`${run.id}: ${id} is judged`);
  }
  const { steps, bestStep, parameters, validationLoss, judged } = trained.evaluation;
  const seconds = await readTime(folder);
  return {
    ...{ schema: "relpos-reference/1", run: run.id, relpos: version },
    environment: environmentOf({ ...defaultSettings, encodings: [], threads: 0 }),
    settings: run.settings,
    model: {
      ...{ parameters, steps, ...(bestStep === undefined ? {} : { bestStep }) },
      ...{ validationLoss: sixDigits(validationLoss), judged },
      ...(seconds === undefined ? {} : { processorSeconds: Number(seconds.toFixed(2)) }),
      notes: trained.notes,
    },
    tests,
  };
}

interface Trained {
  readonly evaluation: RunEvaluation;
  readonly notes: readonly string[];
}

async function trainedModel(
  { id, settings }: ReferenceRun,
  folder: string,
  { signal, say }: ReferenceRequest,
): Promise<Trained | undefined> {
  const notes: string[] = [];
  const began = processorSeconds();
  let told = -Infinity;
  let steps = 0;
  try {
    const { evaluation } = await trainPairRun({
      ...{ folder, settings, signal, onNotes: (given) => notes.push(...given) },
      onStep({ step, loss }) {
        steps++;
        if (performance.now() - told < 60_000) return;
        told = performance.now();
        say(`${id}: step ${step + 1} of ${settings.steps}, loss ${loss.toFixed(3)}`);
      },
    });
    return evaluation && { evaluation, notes };
  } finally {
    if (steps > 0) await addTime(folder, processorSeconds() - began);
  }
}

/** The most frequent answer of a test's own kind in the training; undefined where the test does not say which that is. */
async function frequentIn({ training: files }: ReferenceTest): Promise<string | undefined> {
  if (files === undefined) return undefined;
  const { pairs } = await loadTestPairs({ files });
  const frequent = simpleAnswers(pairs).find(({ id }) => id === "most frequent")!;
  return frequent.answer({ source: "" });
}

interface JudgedTest {
  readonly id: string;
  readonly frequent: string | undefined;
  readonly part: JudgedPart;
  /** Pairs whose words the model cannot write: they count as answered with nothing. */
  readonly unknown: readonly TextPair[];
  readonly notes: readonly string[];
}

function testRecord(
  run: ReferenceRun,
  { id, part, unknown, notes, frequent }: JudgedTest,
): TestRecord {
  const { yardsticks, signatures } = part;
  const written = [...part.written, ...unknown.map((pair) => ({ pair, text: "" }))];
  const measures = pairMeasures[run.settings.task];
  const answers = written.map(({ pair }) => answersOf(pair));
  const itemsOf = (measure: TextMeasure, texts: readonly string[]): Items =>
    textItems(measure, texts, answers);
  const texts = written.map(({ text }) => text);
  const lead = run.against && written.map(({ pair }) => leadOf(pair));
  const values = measures.map((measure): readonly [string, ValueRecord] => {
    const items = itemsOf(measure, texts);
    return [
      measure.id,
      rounded({ value: valueOf(measure, items), ...bootstrapInterval(measure, items) }),
    ];
  });
  const differences = measures.flatMap((measure): (readonly [string, ValueRecord])[] => {
    if (lead === undefined) return [];
    const { difference, interval } = pairedBootstrap(
      measure,
      itemsOf(measure, texts),
      itemsOf(measure, lead),
    );
    return [[measure.id, rounded({ value: difference, ...interval })]];
  });
  const own =
    frequent === undefined
      ? []
      : [
          {
            name: ownFrequent,
            measures: scored(
              measures,
              texts.map(() => frequent),
              answers,
            ).valuesAt([...texts.keys()]),
          },
        ];
  return {
    ...{ id, pairs: written.length, values: Object.fromEntries(values), signatures },
    yardsticks: [...yardsticks, ...own].map(({ name, measures: found }) => ({
      name,
      values: Object.fromEntries(
        Object.entries(found).map(([key, value]) => [key, sixDigits(value)]),
      ),
    })),
    ...(lead === undefined ? {} : { differences: Object.fromEntries(differences) }),
    // Files that are named have one part, which is called "all".
    notes: [
      ...notes.map((note) => note.replace(/^all: /, `${id}: `)),
      ...unknownNotes(id, unknown),
    ],
    examples: written.slice(0, 3).map(({ pair, text }) => ({
      ...{ source: pair.source, written: text, answer: pair.target },
    })),
  };
}

function unknownNotes(id: string, { length }: readonly TextPair[]): string[] {
  return length === 0
    ? []
    : [
        `${id}: ${length} of the pairs have a word that no training text has. They count as answered wrong; relpos evaluate refuses ` +
          `the file until their lines are removed.`,
      ];
}

function rounded({ value, low, high }: ValueRecord): ValueRecord {
  return { value: sixDigits(value), low: sixDigits(low), high: sixDigits(high) };
}

/** More digits are never carried. */
function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
