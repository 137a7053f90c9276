/**
 * Made-up records: scores that one writes down, a seed a number.
 */
import type { ExperimentRecord, ScoreRecord } from "../../reproduce/record.ts";
import { bitsOf } from "../../reproduce/record.ts";
import { defaultSettings, defaultTaskSettings } from "../../src/comparison/settings.ts";

/** Scores by encoding, length and protocol ("windows" or "trained" unless said), one a seed, or why there is none. */
export type Written = Readonly<
  Record<string, Readonly<Record<string, readonly number[] | string>>>
>;

const environment = {
  ...{ node: "v24.9.0", platform: "linux x64", cpu: "a processor", cores: 2 },
  ...{ onnxruntime: "1.30.0", device: "cpu", threads: 1 },
};

/** A record on a task; a key is "40" or "40 sparse". Accuracy by token is half way to 1. */
export function onTask(experiment: string, written: Written, samples = 200): ExperimentRecord {
  return record(
    experiment,
    written,
    (length, protocol, share) => ({
      ...{ length, protocol, exactMatch: share, tokenAccuracy: (1 + share) / 2 },
      tokens: samples * (length + 1),
      correct: bitsOf(Array.from({ length: samples }, (_, at) => (at < share * samples ? 1 : 0))),
    }),
    { task: "copy", evaluationSamples: samples },
  );
}

/** A record on text; a key is "256" or "256 sliding". */
export function onText(experiment: string, written: Written): ExperimentRecord {
  return record(
    experiment,
    written,
    (length, protocol, bitsPerByte) => ({ length, protocol, bitsPerByte }),
    undefined,
  );
}

function record(
  experiment: string,
  written: Written,
  scoreOf: (length: number, protocol: string, value: number) => ScoreRecord,
  task: { task: string; evaluationSamples: number } | undefined,
): ExperimentRecord {
  const encodings = Object.keys(written);
  const entries = Object.values(written).flatMap((places) => Object.values(places));
  const count = Math.max(
    ...entries.map((values) => (typeof values === "string" ? 0 : values.length)),
  );
  const seeds = Array.from({ length: count }, (_, seed) => seed + 1);
  const lengths = [
    ...new Set(Object.values(written).flatMap((places) => Object.keys(places).map(parseFloat))),
  ].sort((a, b) => a - b);
  const shared = { encodings, seeds, testLengths: lengths, trainLength: lengths[0]!, threads: 1 };
  return {
    schema: "relpos-reproduction/1",
    experiment,
    relpos: "0.1.0",
    command: `npx relpos compare --encodings ${encodings.join(",")}`,
    environment,
    settings: task
      ? { ...defaultTaskSettings, ...shared, ...task }
      : { ...defaultSettings, ...shared, corpus: { name: "moby-dick" } },
    skipped: [],
    models: encodings.flatMap((encoding) =>
      seeds.map((seed, which) => ({
        encoding,
        seed,
        parameters: 1000,
        secondsPerStep: 0.02,
        lastLoss: 0.1,
        scores: Object.entries(written[encoding]!).map(([key, values]) => {
          const [length = "", protocol = task ? "trained" : "windows"] = key.split(" ");
          return typeof values === "string"
            ? { length: Number(length), protocol, unsupported: values }
            : scoreOf(Number(length), protocol, values[which]!);
        }),
      })),
    ),
  };
}
