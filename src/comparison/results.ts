/**
 * What `relpos compare` writes as results.json: every number the report shows, and enough of the raw
 * measurements (one pair of totals per window of text) to compute the intervals again. Documents of a
 * comparison on a task share this form; what is theirs alone stands in `task-results.ts`.
 *
 * Numbers that are not finite (a training run that diverged) become `null` in JSON; `parseResults`
 * reads them back as NaN.
 *
 * @module
 */
export { parseResults } from "./parse-results.ts";

export const resultsSchema = "relpos-compare/1";

/** A comparison on text. */
export interface Results extends RunRecord {
  readonly configuration: Configuration;
  readonly trials: readonly Trial[];
  readonly comparison: readonly Compared[];
}

/** What was run, where, and by which command. */
export interface RunRecord {
  readonly schema: typeof resultsSchema;
  /** Version of relpos that wrote the document. */
  readonly relpos: string;
  /** The command line that makes this document again. */
  readonly command: string;
  /** When the run began, ISO 8601. */
  readonly startedAt?: string;
  readonly environment: Environment;
}

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly onnxruntime: string;
  /** Where the graphs ran: "cpu", "webgpu", … */
  readonly device: string;
  readonly threads: number;
}

/** What was compared, and on which text. */
export interface Configuration extends TrainingConfiguration {
  readonly corpus: Corpus;
  readonly tokenizer: string;
  /** Tokens that a sliding window moves at a time; each is judged once. */
  readonly stride: number;
}

/** What was compared, and how it was trained. */
export interface TrainingConfiguration {
  /** Encoding ids in the order the user gave them; the report keeps one colour for each. */
  readonly encodings: readonly string[];
  readonly seeds: readonly number[];
  readonly vocab: number;
  readonly model: ModelSize;
  /** Tokens in a training window. */
  readonly trainLength: number;
  /** Tokens in a test window, ascending. */
  readonly testLengths: readonly number[];
  readonly steps: number;
  /** Training windows in a step. */
  readonly batch: number;
  readonly learningRate: number;
  /** Anything else worth telling (schedule, weight decay, …), shown as it stands. */
  readonly notes?: Readonly<Record<string, string | number>>;
}

export interface Corpus {
  readonly name: string;
  readonly bytes: number;
  readonly trainBytes: number;
  readonly validationBytes: number;
  /** How the text was divided, in words: "the last tenth, chapters 121 to the end". */
  readonly split: string;
}

export interface ModelSize {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly hidden: number;
}

/** One model: one encoding, one seed. */
export interface Trial extends TrainedModel {
  readonly evaluations: readonly Evaluation[];
  /**
   * Mean nats per token at each position of the longest window the encoding could run, from the
   * windows protocol. The array is as long as that window.
   */
  readonly lossByPosition: readonly number[] | Unsupported;
}

/** What is known of a model beside what it was judged by. */
export interface TrainedModel {
  readonly encoding: string;
  readonly seed: number;
  /** Learned numbers in the whole model, the encoding's own among them. */
  readonly parameters: number;
  readonly secondsPerStep: number;
  readonly peakMemoryBytes: number;
  /** Mean nats per token of the training batch. */
  readonly trainingLoss: readonly { readonly step: number; readonly loss: number }[];
  readonly scorePicture?: ScorePicture;
}

/** "windows" cuts the text into windows that do not overlap; "sliding" gives every token context. */
export type Protocol = "windows" | "sliding";

export const protocols: readonly Protocol[] = ["windows", "sliding"];

export type Evaluation = Measured | (Place & Unsupported);

interface Place {
  readonly length: number;
  readonly protocol: Protocol;
}

export interface Measured extends Place {
  readonly bitsPerByte: number;
  /** e to the mean nats per token. */
  readonly perplexity: number;
  /** Tokens judged. */
  readonly tokens: number;
  /**
   * Totals of each window (or of each stride, when sliding) in the order of the text. Every encoding
   * and every length must judge the same text: differences are paired by place.
   */
  readonly windows: WindowTotals;
}

export interface WindowTotals {
  readonly bits: readonly number[];
  readonly bytes: readonly number[];
}

/** Why something was not measured: "its table has 128 rows". */
export interface Unsupported {
  readonly unsupported: string;
}

/** What an encoding adds to the scores, or how alike its position vectors are. */
export interface ScorePicture {
  readonly size: number;
  /** `size * size` numbers, queries down, keys right; NaN (null in JSON) where a key is not seen. */
  readonly values: readonly number[];
  /** What the values are: "bias added to the scores, mean over heads". */
  readonly caption: string;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A difference in bits per byte, or in exact match. An interval is null where one sample leaves nothing to judge by. */
export interface Difference {
  readonly mean: number;
  /** 95 %, for this difference alone. */
  readonly interval: Interval | null;
  /**
   * 95 % for a whole family of differences together; the verdict reads this one. The family of a difference
   * to the best is its length and protocol, that of a growth its protocol.
   */
  readonly simultaneous: Interval | null;
}

/** best: lowest mean. level: cannot be told apart from the best. behind: told apart from it. */
export type Standing = "best" | "level" | "behind";

/** One encoding at one length under one protocol, all seeds together. */
export type Compared = Ranked | (Place & { readonly encoding: string; readonly failed: string });

export interface Ranked extends Place, Judged {
  readonly bitsPerByte: number;
}

/** How an encoding stands to the others, whatever they are judged by. */
export interface Judged {
  readonly encoding: string;
  /** 95 % interval of the mean itself. */
  readonly interval: Interval | null;
  readonly standing: Standing;
  /** This encoding minus the best; zero for the best itself. */
  readonly difference: Difference;
  /** This length minus the train length, same encoding; null at the train length. */
  readonly growth: Difference | null;
  /** What the intervals were computed over. */
  readonly over: "paired windows of text" | "paired seeds" | "paired samples";
}

/** Whether there is a number, in a comparison on text or on a task. */
export function isRanked<Row extends object>(row: Row): row is Extract<Row, Judged> {
  return "standing" in row;
}

/** Whether there is a number, of text or of a task. */
export function isMeasured<Row extends object>(
  evaluation: Row,
): evaluation is Exclude<Row, Unsupported> {
  return !("unsupported" in evaluation);
}

/** The tested length that growth is measured from: the train length, or the shortest if it was not tested. */
export function baseLength({
  trainLength,
  testLengths,
}: Pick<TrainingConfiguration, "trainLength" | "testLengths">): number {
  return testLengths.includes(trainLength) ? trainLength : Math.min(...testLengths);
}
