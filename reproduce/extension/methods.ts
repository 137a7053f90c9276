/**
 * The methods for longer texts that are compared, as `extend` reads them: trained at 128 tokens, made for 512.
 *
 * Ends that methods count in turns are set for this length: no pair of a rotation makes the 32 turns in 128 tokens from which
 * YaRN leaves frequencies as they are; 10 are half of what the fastest makes.
 *
 * @module
 */

/** Tokens of the texts of training. */
export const trainLength = 128;

/** How many times longer texts become. */
export const factor = 4;

/** The model as it was trained. */
export const asTrained = "rope";

/** One method. */
export interface StudiedMethod {
  /** As `extend` reads it; also its name in the record. */
  readonly method: string;
  /** Default: `factor`. */
  readonly factor?: number;
  /** Whether it follows the length of the text, and up to that of training changes nothing. Default false. */
  readonly followsLength?: boolean;
  /** Whether it is trained on. Remapped distances are all known to the model, and a base that follows the length is that of ntk-aware. */
  readonly tuned: boolean;
}

/** The five fastest of 16 pairs stay, the others are divided by the factor: LongRoPE without its search. */
const longropeFactors = Array.from({ length: 16 }, (_, pair) => (pair < 5 ? 1 : factor)).join(",");
const ones = Array<number>(16).fill(1).join(",");

/** The names of methods that claims are about. */
export const named = {
  yarn: "yarn(fast=10)",
  parts: "ntk-by-parts(fast=10)",
  ntk: "ntk-aware",
  dynamic: "dynamic-ntk",
  pi: "pi",
  abf: "abf(base=100000)",
  longrope: `longrope(short=[${ones}],long=[${longropeFactors}])`,
} as const;

/** All methods, in the order of the tables. */
export const methods: readonly StudiedMethod[] = [
  { method: named.pi, tuned: true },
  { method: named.ntk, tuned: true },
  { method: named.abf, tuned: true },
  { method: named.dynamic, factor: 1, followsLength: true, tuned: false },
  { method: named.parts, tuned: true },
  { method: named.yarn, tuned: true },
  { method: named.longrope, followsLength: true, tuned: true },
  { method: "llama3", tuned: true },
  { method: "mrrope(fast=10)", tuned: true },
  { method: "clipped-rope(clipped=10)", tuned: true },
  { method: "log-n", tuned: true },
  { method: "self-extend", tuned: false },
  { method: "jet-long", tuned: false },
  { method: "rerope", tuned: false },
  { method: "leaky-rerope", tuned: false },
  { method: "dca", tuned: false },
  { method: "streaming-llm", tuned: false },
  { method: "lm-infinite", tuned: false },
];
