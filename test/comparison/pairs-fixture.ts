/**
 * Made-up trials on pairs of texts: each encoding writes a right answer with a chance that falls with the length. Seeded, so that
 * every test sees the same numbers.
 */
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import type { TrainingConfiguration } from "../../src/comparison/configuration.ts";
import { itemsOfAnswers, textMeasuresOf } from "../../src/comparison/kinds/pairs-measures.ts";
import type { PairMeasure } from "../../src/comparison/kinds/pairs-settings.ts";
import type { PairsSubject } from "../../src/comparison/kinds/pairs-subject.ts";
import type { Results } from "../../src/comparison/results.ts";
import type { Trial } from "../../src/comparison/trial-record.ts";
import { valuesOf } from "../../src/measures/measure.ts";
import { fixture, random } from "./fixture.ts";

/** How often an encoding is right, by length; lengths that it does not have are beyond its table. */
const right: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  rope: { 20: 0.95, 40: 0.9, 80: 0.1 },
  alibi: { 20: 0.95, 40: 0.9, 80: 0.6 },
  learned: { 20: 0.9, 40: 0.85 },
};

const target = "2027-03-04 1912-05-05";

/** A whole document, ranked by that measure; with a limit of the targets and without an end symbol where `limited` is set. */
export function pairsFixture(measure: PairMeasure = "exact", limited = false): Results {
  const measures = textMeasuresOf(measure);
  const lengths = [20, 40, 80];
  // Not equally many at each length.
  const pairsAt = (length: number): number => 60 - length / 2;
  const configuration: TrainingConfiguration & PairsSubject = {
    ...{ encodings: Object.keys(right), seeds: [1, 2], vocab: 90, tokenizer: "char" },
    pairs: {
      ...{ name: "dates", task: "translate", source: "dates of relpos", trained: 5000 },
      ...{ longestSource: 40, longestTarget: 22, decoderEncoding: "rope" },
      ...(limited ? ({ targetLength: 22, answerEnd: "length" } as const) : {}),
      tests: [{ id: "held-out", name: "Held-out pairs" }],
      judged: lengths.map((length) => ({ protocol: "held-out", length, pairs: pairsAt(length) })),
      ...{ measure, signature: measures[0].signature(1) },
      example: { source: "4. März 2027", target: "2027-03-04" },
    },
    model: { width: 64, heads: 4, layers: 2, hidden: 256 },
    ...{ trainLength: 40, testLengths: lengths, steps: 30, batch: 32, learningRate: 0.01 },
  };
  const trials = configuration.seeds.flatMap((seed) =>
    configuration.encodings.map((encoding, at): Trial => {
      const noise = random(7 * seed + at);
      const evaluations = lengths.map((length) => {
        const place = { length, protocol: "held-out" };
        const chance = right[encoding]![length];
        if (chance === undefined) return { ...place, unsupported: "its table has 40 rows" };
        const pairs = pairsAt(length);
        const answers = Array.from({ length: pairs }, () =>
          noise() < chance ? target : target.slice(0, 12),
        );
        const items = itemsOfAnswers(
          measures,
          answers,
          answers.map(() => [target]),
        );
        return { ...place, values: valuesOf(measures, items), tokens: 22 * pairs, items };
      });
      return {
        ...{ encoding, seed, parameters: 300_000, secondsPerStep: 0.05, peakMemoryBytes: 3e8 },
        trainingLoss: Array.from({ length: 30 }, (_, step) => ({ step, loss: 3 - 0.05 * step })),
        evaluations,
      };
    }),
  );
  const { schema, relpos, environment, startedAt } = fixture({ characters: [] });
  const command = "npx relpos compare --task translate";
  return {
    ...{ schema, relpos, command, startedAt: startedAt!, environment },
    ...{ configuration, trials, comparison: compareEncodings(configuration, trials) },
  };
}
