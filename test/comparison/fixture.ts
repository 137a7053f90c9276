/**
 * Made-up trials that look like real ones: a curve of loss by position for each encoding, text whose
 * difficulty drifts, and noise of seed and of window. Seeded, so that every test sees the same numbers.
 */
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import type { TrainingConfiguration } from "../../src/comparison/configuration.ts";
import { kindOf } from "../../src/comparison/kinds/index.ts";
import type { TextSubject } from "../../src/comparison/kinds/text-subject.ts";
import type { Results } from "../../src/comparison/results.ts";
import type { Evaluation, ScorePicture, Trial } from "../../src/comparison/trial-record.ts";

export type TextConfiguration = TrainingConfiguration & TextSubject;

export interface Character {
  readonly encoding: string;
  /** Nats per token above what the best encoding reaches inside the train length. */
  readonly handicap: number;
  /** Nats per token lost for each doubling of the position beyond the train length. */
  readonly decay: number;
  /** Longest window it can run. */
  readonly reach?: number;
  readonly score?: (query: number, key: number) => number;
}

export const seven: readonly Character[] = [
  { encoding: "none", handicap: 0.12, decay: 1.4, score: () => 0 },
  { encoding: "sinusoidal", handicap: 0.07, decay: 1.9, score: waves },
  { encoding: "learned", handicap: 0.06, decay: 0, reach: 128, score: nearby },
  { encoding: "distance-row", handicap: 0.1, decay: 0, reach: 128, score: waves },
  { encoding: "rope", handicap: 0.002, decay: 0.55, score: (i, j) => Math.cos((i - j) / 3) },
  { encoding: "alibi", handicap: 0, decay: -0.004, score: (i, j) => (j - i) / 4 },
  { encoding: "t5", handicap: 0.003, decay: 0.02, score: (i, j) => 1.5 - Math.log2(1 + i - j) },
];

function waves(i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < 8; k++) sum += Math.cos((i - j) / 10 ** (k / 2));
  return sum / 8;
}

function nearby(i: number, j: number): number {
  return Math.exp(-((i - j) ** 2) / 6) + 0.2 * Math.sin(i * 1.7) * Math.sin(j * 1.7);
}

/** The results with a yardstick that has these values everywhere. */
export function heldAgainst(
  results: Results,
  values: Readonly<Record<string, number>>,
  id = "4-gram",
): Results {
  const { configuration } = results;
  const protocols = kindOf(configuration).protocols(configuration);
  const reached = protocols.flatMap(({ id: protocol }) =>
    configuration.testLengths.map((length) => ({ length, protocol, values })),
  );
  return { ...results, yardsticks: [{ id, name: `${id}, counted`, reached }] };
}

/** mulberry32 */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export const configuration: TextConfiguration = {
  encodings: seven.map(({ encoding }) => encoding),
  seeds: [1],
  corpus: {
    name: "Moby-Dick; or, The Whale",
    bytes: 1_215_235,
    trainBytes: 1_093_711,
    validationBytes: 121_524,
    split: "the last tenth of the book, from chapter 118 on, is never trained on",
  },
  tokenizer: "byte pairs, learned from the training part",
  vocab: 1024,
  model: { width: 128, heads: 4, layers: 4, hidden: 512 },
  trainLength: 128,
  testLengths: [128, 256, 512, 1024],
  steps: 600,
  batch: 16,
  learningRate: 0.002,
  stride: 64,
  notes: { schedule: "cosine, 40 steps of warm-up", "weight decay": 0.1 },
};

const bytesPerToken = 2.6;
const tokensJudged = 32_768;

export interface FixtureOptions {
  readonly characters?: readonly Character[];
  readonly configuration?: Partial<TextConfiguration>;
  readonly corpusName?: string;
}

export function fixture(options: FixtureOptions = {}): Results {
  const characters = options.characters ?? seven;
  const whole: TextConfiguration = {
    ...configuration,
    encodings: characters.map(({ encoding }) => encoding),
    ...options.configuration,
  };
  const trials = whole.seeds.flatMap((seed) =>
    characters.map((character) => trial(character, seed, whole)),
  );
  return {
    schema: "relpos-compare/2",
    relpos: "0.1.0",
    command: `relpos compare --encodings ${whole.encodings.join(",")} --seeds ${whole.seeds.join(",")}`,
    startedAt: "2026-03-01T10:00:00.000Z",
    environment: {
      node: "24.9.0",
      platform: "linux x64",
      cpu: "Intel Xeon @ 2.70GHz",
      cores: 2,
      onnxruntime: "1.30.0",
      device: "cpu",
      threads: 1,
    },
    configuration: whole,
    trials,
    comparison: compareEncodings(whole, trials),
  };
}

function trial(character: Character, seed: number, whole: TextConfiguration): Trial {
  const { encoding, reach = Infinity } = character;
  const noise = random(
    seed * 7919 + [...encoding].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7),
  );
  const luck = 0.01 * normal(noise);
  const longest = Math.max(...whole.testLengths.filter((length) => length <= reach));
  return {
    encoding,
    seed,
    parameters: 1_050_000 + (encoding === "learned" ? 16_384 : encoding === "t5" ? 128 : 0),
    secondsPerStep: 0.061 + 0.01 * noise(),
    peakMemoryBytes: 3.1e8 + 4e7 * noise(),
    trainingLoss: Array.from({ length: whole.steps }, (_, step) => ({
      step: step + 1,
      loss:
        3.35 +
        character.handicap +
        3.6 * Math.exp(-step / 45) +
        0.4 * Math.exp(-step / 300) +
        0.06 * normal(noise),
    })),
    evaluations: (["windows", "sliding"] as const).flatMap((protocol) =>
      whole.testLengths.map((length) =>
        length > reach
          ? { length, protocol, unsupported: `its table has ${reach} rows` }
          : evaluation(character, length, protocol, luck, noise, whole),
      ),
    ),
    ...(Number.isFinite(longest) && {
      lossByPosition: Array.from(
        { length: longest },
        (_, p) => nats(character, p, whole) + luck + 0.15 * normal(noise),
      ),
    }),
    ...(character.score && { scorePicture: picture(character.score) }),
  };
}

function nats({ handicap, decay }: Character, position: number, whole: TextConfiguration): number {
  const inside = 3.4 + handicap + 1.6 / (1 + position) ** 0.55;
  const past = Math.max(0, Math.log2((position + 1) / whole.trainLength));
  return inside + decay * (1 - Math.exp(-past * 1.2));
}

function evaluation(
  character: Character,
  length: number,
  protocol: string,
  luck: number,
  noise: () => number,
  whole: TextConfiguration,
): Evaluation {
  const step = protocol === "windows" ? length : whole.stride;
  const first = protocol === "windows" ? 0 : length - step;
  let perToken = 0;
  for (let p = first; p < length; p++) perToken += nats(character, p, whole) / (length - first);
  const items = { bits: [] as number[], bytes: [] as number[], tokens: [] as number[] };
  // The text's own difficulty is the same for every encoding, and drifts.
  const text = random(99);
  const drift = Array.from({ length: tokensJudged / 64 }, () => normal(text));
  for (let start = 0; start + step <= tokensJudged; start += step) {
    let hard = 0;
    for (let at = start; at < start + step; at += 64)
      hard += (drift[at / 64]! + Math.sin(at / 4000)) * (64 / step);
    const tokens = perToken + luck + 0.1 * hard + (0.25 * normal(noise)) / Math.sqrt(step);
    items.bits.push((tokens * step) / Math.LN2);
    // The same text has the same bytes at every length.
    let bytes = 0;
    for (let at = start; at < start + step; at += 64)
      bytes += Math.round(64 * bytesPerToken * (1 + 0.02 * drift[at / 64]!));
    items.bytes.push(bytes);
    items.tokens.push(step);
  }
  const bits = items.bits.reduce((a, b) => a + b, 0);
  const bytes = items.bytes.reduce((a, b) => a + b, 0);
  return {
    length,
    protocol,
    values: { bitsPerByte: bits / bytes, perplexity: 2 ** (bits / tokensJudged) },
    tokens: tokensJudged,
    items,
  };
}

function picture(score: (query: number, key: number) => number): ScorePicture {
  const size = 48;
  return {
    size,
    values: Array.from({ length: size * size }, (_, at) => {
      const [query, key] = [Math.floor(at / size), at % size];
      return key > query ? NaN : score(query, key);
    }),
    caption: "added to the scores, mean over heads",
  };
}
