/**
 * Made-up trials on a task: each encoding has a chance of being right that falls with the length, seeds have
 * luck of their own. Seeded, so that every test sees the same numbers.
 */
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import type { TrainingConfiguration } from "../../src/comparison/configuration.ts";
import type { TaskSubject } from "../../src/comparison/kinds/task-subject.ts";
import type { Results } from "../../src/comparison/results.ts";
import type { Evaluation, Trial } from "../../src/comparison/trial-record.ts";
import { fixture, normal, random } from "./fixture.ts";

export type TaskConfiguration = TrainingConfiguration & TaskSubject;

/** How often an encoding is right, by length and condition. */
export interface Solver {
  readonly encoding: string;
  readonly right: (length: number, condition: string) => number;
  /** Longest samples it can run. */
  readonly reach?: number;
  /** Standard deviation of a seed's luck. Default 0.02. */
  readonly luck?: number;
}

export const four: readonly Solver[] = [
  { encoding: "none", right: (length) => (length <= 20 ? 0.99 : length <= 30 ? 0.8 : 0.5) },
  { encoding: "t5", right: (length) => (length <= 20 ? 0.99 : length <= 30 ? 0.78 : 0.3) },
  { encoding: "rope", right: (length, c) => (length <= 20 && c === "trained" ? 1 : 0), luck: 0 },
  { encoding: "learned", right: () => 0.97, reach: 20 },
];

export const taskConfiguration: TaskConfiguration = {
  encodings: four.map(({ encoding }) => encoding),
  seeds: [1, 2, 3],
  task: {
    name: "selective-copy(alphabet=8)",
    summary: "Copy the symbols among blanks.",
    length: "symbols to copy",
    conditions: [
      { id: "trained", summary: "As in training." },
      { id: "sparse", summary: "Twice as many blanks." },
    ],
    samples: 200,
    rowTokens: 62,
    example: "> - i - k = (i) (k) (.)",
  },
  vocab: 13,
  model: { width: 64, heads: 4, layers: 3, hidden: 256 },
  trainLength: 20,
  testLengths: [20, 30, 40],
  steps: 300,
  batch: 32,
  learningRate: 0.003,
  notes: { optimiser: "AdamW" },
};

export interface TaskFixtureOptions {
  readonly solvers?: readonly Solver[];
  readonly configuration?: Partial<TaskConfiguration>;
}

/** A whole document. */
export function taskFixture({ solvers = four, configuration }: TaskFixtureOptions = {}): Results {
  const whole: TaskConfiguration = {
    ...taskConfiguration,
    encodings: solvers.map(({ encoding }) => encoding),
    ...configuration,
  };
  const trials = whole.seeds.flatMap((seed) => solvers.map((solver) => trial(solver, seed, whole)));
  const { schema, relpos, environment, startedAt } = fixture({ characters: [] });
  return {
    schema,
    relpos,
    command: `npx relpos compare --task ${whole.task.name}`,
    startedAt: startedAt!,
    environment,
    configuration: whole,
    trials,
    comparison: compareEncodings(whole, trials),
  };
}

function trial(solver: Solver, seed: number, whole: TaskConfiguration): Trial {
  const { encoding, luck = 0.02 } = solver;
  const noise = random(
    seed * 977 + [...encoding].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7),
  );
  const own = luck * normal(noise);
  return {
    encoding,
    seed,
    parameters: 151_000,
    secondsPerStep: 0.02 + 0.001 * noise(),
    peakMemoryBytes: 2e8,
    trainingLoss: Array.from({ length: whole.steps }, (_, step) => ({
      step,
      loss: 2.5 * Math.exp(-step / 60) + 0.02 * noise(),
    })),
    evaluations: whole.task.conditions.flatMap(({ id }) =>
      whole.testLengths.map((length) => evaluation(solver, length, id, own, noise, whole)),
    ),
    scorePicture: { size: 2, values: [0, NaN, -1, 0], caption: "added to the scores" },
  };
}

function evaluation(
  { right, reach = Infinity }: Solver,
  length: number,
  protocol: string,
  luck: number,
  noise: () => number,
  { task }: TaskConfiguration,
): Evaluation {
  if (length > reach) return { length, protocol, unsupported: `its table has ${reach} rows` };
  const chance = right(length, protocol);
  const p = chance === 0 || chance === 1 ? chance : Math.min(1, Math.max(0, chance + luck));
  const correct = Array.from({ length: task.samples }, () => (noise() < p ? 1 : 0));
  const exactMatch = correct.reduce((sum: number, one) => sum + one, 0) / task.samples;
  const scored = correct.map(() => 2 * (length + 1));
  // Half of the tokens of a wrong sample are right.
  const rightTokens = correct.map((one) => (1 + one) * (length + 1));
  return {
    length,
    protocol,
    values: { exactMatch, tokenAccuracy: (1 + exactMatch) / 2 },
    tokens: 2 * task.samples * (length + 1),
    items: { correct, right: rightTokens, scored },
  };
}
