/**
 * The settings of rules that fit RoPE to longer texts; what they mean is said in rope-frequencies.ts.
 *
 * @module
 */

/** L, which `rope` knows from the model. */
export interface Trained {
  /** Tokens of the texts that the unscaled model was trained with. Default in `rope`: train length. */
  readonly length?: number;
}

export interface ByParts extends Trained {
  readonly factor: number;
  /** Pairs that turn as often in `length` stay as they are. Default 32. */
  readonly fast?: number;
  /** Pairs that turn as seldom are slowed by the whole factor. Default 1. */
  readonly slow?: number;
  /** Whether the ends of the ramp are rounded outwards to whole pairs. Default true. */
  readonly truncate?: boolean;
  /** What the ramp is linear in. Default `index`. */
  readonly ramp?: "index" | "turns";
}

/** A rule, and its numbers. */
export type RopeScaling =
  | { readonly type: "linear" | "ntk-aware"; readonly factor: number }
  | ({ readonly type: "dynamic-linear" } & Trained)
  /** `factor`: 1, the default, gives ntk-aware's base for N/L. */
  | ({ readonly type: "dynamic-ntk"; readonly factor?: number } & Trained)
  | ({ readonly type: "ntk-by-parts" } & ByParts)
  | ({
      readonly type: "yarn";
      /** Of cosines and sines. Default: from the factor, and both mscales if given. */
      readonly attentionFactor?: number;
      readonly mscale?: number;
      readonly mscaleAllDim?: number;
    } & ByParts)
  | ({
      readonly type: "longrope";
      /** One number a pair, by which it is slower: in texts up to `length`, and in longer ones. */
      readonly short: readonly number[];
      readonly long: readonly number[];
      readonly factor?: number;
      readonly attentionFactor?: number;
    } & Trained)
  | ({
      readonly type: "llama3";
      readonly factor: number;
      /** Defaults 1 and 4. */
      readonly low?: number;
      readonly high?: number;
    } & Trained);

const byParts = ["factor", "length", "fast", "slow", "truncate", "ramp"] as const;

/** What each rule takes. */
const settings: Readonly<Record<RopeScaling["type"], readonly string[]>> = {
  linear: ["factor"],
  "ntk-aware": ["factor"],
  "dynamic-linear": ["length"],
  "dynamic-ntk": ["factor", "length"],
  "ntk-by-parts": byParts,
  yarn: [...byParts, "attentionFactor", "mscale", "mscaleAllDim"],
  longrope: ["short", "long", "factor", "length", "attentionFactor"],
  llama3: ["factor", "low", "high", "length"],
};
const dynamic: readonly string[] = ["dynamic-linear", "dynamic-ntk", "longrope"];

/** Raises a RangeError unless the settings, and N where the rule needs it, fit the rule. */
export function checkScaling(scaling: RopeScaling, current: number | undefined): void {
  const { type } = scaling;
  if (!Object.hasOwn(settings, type))
    throw new RangeError(
      `rope: scaling "${type}" is unknown. Known: ${Object.keys(settings).join(", ")}.`,
    );
  const takes = settings[type];
  for (const [name, value] of Object.entries(scaling)) {
    if (name !== "type" && !takes.includes(name))
      throw fault(type, `it has no "${name}"; it takes ${takes.join(", ")}`);
    if (name === "attentionFactor" && !(Number(value) > 0))
      throw fault(type, `attentionFactor must be above 0, got ${String(value)}`);
  }
  const { factor } = { factor: undefined, ...scaling };
  const optional = type === "dynamic-ntk" || type === "longrope";
  if (takes.includes("factor") && !(factor === undefined ? optional : factor >= 1))
    throw fault(type, `factor, new length / train length, must be 1 or more, got ${factor}`);
  if (dynamic.includes(type) && current === undefined)
    throw fault(
      type,
      "frequencies follow from the length of the text, and keys that were cached would not fit a " +
        "longer one; give one length for all texts as current, or use a rule without it",
    );
  if (!dynamic.includes(type) && current !== undefined)
    throw fault(type, "it does not depend on the length of the text, so it takes no current");
  if (current !== undefined && !(Number.isInteger(current) && current > 0))
    throw fault(type, `current must be a whole number of 1 or more, got ${current}`);
}

/** What is wrong with a rule's settings. */
export function fault(type: string, reason: string): RangeError {
  return new RangeError(`rope: scaling ${type}: ${reason}.`);
}

/** L; raises a RangeError where it is not known. */
export function trained({ type, length }: Trained & { readonly type: string }): number {
  if (length === undefined || !Number.isInteger(length) || length < 2)
    throw fault(type, `length, of training, must be a whole number of 2 or more, got ${length}`);
  return length;
}
