/**
 * Frequencies of RoPE for texts longer than those of training, and the factor of its cosines and sines.
 *
 *     linear          ω / s                                     position interpolation, Chen et al. 2023
 *     ntk-aware       base → base · s^(d/(d−2))                 the fastest pair stays, the slowest is ω / s
 *     dynamic-linear  ω · L / max(N, L)
 *     dynamic-ntk     base → base · (f · max(N, L)/L − (f − 1))^(d/(d−2))
 *     ntk-by-parts    (1 − γ_m) · ω / s + γ_m · ω               fast pairs stay, slow ones are ω / s
 *     yarn            the same, and cosines and sines times 0.1 · ln s + 1;  Peng et al. 2024
 *     mrrope-uni      ω · s^(−q/n),                q = clip(m − l, 0, n), n = h − l: l is the last pair that turns
 *     mrrope-pro      ω · s^(−q(q+1)/(n(n+1))),    `fast` times in L and h the first that turns `slow` times;
 *                     cosines and sines as in yarn;  MrRoPE, 2026, https://arxiv.org/abs/2601.22181
 *     longrope        ω / λ_m, long λ where N > L, else short;  times √(1 + ln s / ln L);  Ding et al. 2024
 *     llama3          as by-parts, by wavelengths between L/high and L/low, linear in turns
 *
 * ω = base^(−2m/d), d the rotated width, L the length of training (`length`), s the factor, N the length
 * of the text at hand. γ falls from 1 to 0 between the pairs with `fast` and `slow` turns in L:
 * linearly in m between whole numbers (`ramp: "index"`, the authors' code), or in the turns (`"turns"`,
 * the paper's formula). The two differ much where L is small.
 *
 * Reference:  transformers, modeling_rope_utils.py, ROPE_INIT_FUNCTIONS; jquesnelle/yarn for `turns`;
 *             mattian7/mrRoPE, scaled_rope/LlamaYaRNRadix.py
 * Differs:    float64, the reference float32. What the reference reads and leaves unused is refused here,
 *             and so is yarn where the text is too short for `slow` turns of any pair; so are both mrropes, and
 *             where no pair is between fast and slow ones
 *
 * @module
 */
import { geometricFrequencies } from "../parts/angles.ts";
import { fault, readScaling, trained } from "./rope-scaling.ts";
import type { ReadScaling, RopeScaling } from "./rope-scaling.ts";

/** What a rule gives. */
export interface RopeFrequencies {
  /** One a pair. */
  readonly frequencies: readonly number[];
  /** Of cosines and sines; rotated parts of a score have its square. */
  readonly attentionFactor: number;
}

/**
 * The frequencies of `rotated / 2` pairs by a rule. `current` is N, which the dynamic rules and
 * longrope need, and only they.
 *
 * @throws {RangeError} a setting is missing, does nothing with this rule, or is out of its bounds
 */
export function ropeFrequencies(
  rotated: number,
  base: number,
  given: RopeScaling,
  current?: number,
): RopeFrequencies {
  const scaling = readScaling(given, current);
  const plain = geometricFrequencies(rotated, base);
  const by = (scale: (frequency: number, m: number) => number, attentionFactor = 1) => ({
    frequencies: plain.map(scale),
    attentionFactor,
  });
  const ntk = (factor: number): RopeFrequencies => {
    const slower = geometricBase(scaling.type, rotated, base, factor);
    return { frequencies: geometricFrequencies(rotated, slower), attentionFactor: 1 };
  };
  switch (scaling.type) {
    case "linear":
      return by((f) => f / scaling.factor);
    case "ntk-aware":
      return ntk(scaling.factor);
    case "dynamic-linear":
      return by((f) => f / growth(scaling));
    case "dynamic-ntk": {
      const { factor } = scaling;
      return ntk(factor * growth(scaling) - (factor - 1));
    }
    case "ntk-by-parts":
    case "yarn": {
      const kept = keptByParts(rotated, base, plain, scaling);
      const attentionFactor = scaling.type === "yarn" ? yarnAttentionFactor(scaling) : 1;
      return by((f, m) => mix(f, scaling.factor, kept[m]!), attentionFactor);
    }
    case "mrrope-uni":
    case "mrrope-pro": {
      const { factor, attentionFactor = yarnMagnitude(factor) } = scaling;
      const powers = radixPowers(rotated, base, scaling);
      return by((f, m) => f * factor ** -powers[m]!, attentionFactor);
    }
    case "longrope": {
      const slower = growth(scaling) > 1 ? scaling.long : scaling.short;
      return by((f, m) => f / slower[m]!, longropeAttentionFactor(scaling, plain.length));
    }
    case "llama3": {
      const { factor, low, high } = scaling;
      if (high <= low) throw fault("llama3", `high must be above low, got ${high} and ${low}`);
      const turns = (f: number): number => (trained(scaling) * f) / (2 * Math.PI);
      return by((f) => mix(f, factor, clip((turns(f) - low) / (high - low))));
    }
  }
}

/** m(s, a) of YaRN: the attention factor, with a = 1. */
export function yarnMagnitude(factor: number, mscale = 1): number {
  return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
}

function yarnAttentionFactor({
  factor,
  attentionFactor,
  mscale,
  mscaleAllDim,
}: Extract<ReadScaling, { type: "yarn" }>): number {
  if ((mscale === undefined) !== (mscaleAllDim === undefined))
    throw fault("yarn", "mscale and mscaleAllDim are one setting, their quotient; give both");
  if (attentionFactor !== undefined && mscale !== undefined)
    throw fault("yarn", "attentionFactor takes the place of both mscales; give it or them");
  return (
    attentionFactor ??
    yarnMagnitude(factor, mscale) / yarnMagnitude(mscale === undefined ? 1 : factor, mscaleAllDim)
  );
}

function longropeAttentionFactor(
  scaling: Extract<ReadScaling, { type: "longrope" }>,
  pairs: number,
): number {
  const { short, long, factor, attentionFactor } = scaling;
  for (const list of [short, long])
    if (list.length !== pairs)
      throw fault("longrope", `short and long need ${pairs} numbers above 0, one a pair`);
  if ((factor === undefined) === (attentionFactor === undefined))
    throw fault("longrope", "give factor, new length / train length, or attentionFactor");
  return attentionFactor ?? Math.sqrt(1 + Math.log(factor!) / Math.log(trained(scaling)));
}

/** How much of each frequency stays, γ. */
function keptByParts(
  rotated: number,
  base: number,
  plain: readonly number[],
  scaling: Extract<ReadScaling, { type: "ntk-by-parts" | "yarn" }>,
): readonly number[] {
  const { type, fast, slow, truncate, ramp } = scaling;
  const length = trained(scaling);
  if (fast < slow) throw fault(type, `fast must not be below slow, got ${fast} and ${slow}`);
  if (ramp === "turns") {
    if (fast === slow) throw fault(type, `fast must be above slow, got ${fast} for both`);
    return plain.map((f) => clip(((length * f) / (2 * Math.PI) - slow) / (fast - slow)));
  }
  const [low, high] = rampEnds(rotated, base, { ...scaling, length }, truncate!);
  if (high < low) throw noneIsSlow(type, slow, length);
  const width = high === low ? 0.001 : high - low;
  return plain.map((_, m) => 1 - clip((m - low) / width));
}

/** What power of 1/s each frequency is multiplied by, from 0 for fast pairs to 1 for slow ones. */
function radixPowers(
  rotated: number,
  base: number,
  scaling: Extract<ReadScaling, { type: "mrrope-uni" | "mrrope-pro" }>,
): readonly number[] {
  const { type, fast, slow } = scaling;
  const length = trained(scaling);
  if (fast <= slow) throw fault(type, `fast must be above slow, got ${fast} and ${slow}`);
  const [low, high] = rampEnds(rotated, base, { length, fast, slow }, true);
  if (high < low) throw noneIsSlow(type, slow, length);
  const n = high - low;
  if (n === 0)
    throw fault(
      type,
      `pair ${low} turns both ${fast} and ${slow} times in a length of ${length}, so no pair is between; ` +
        `raise fast or lower slow`,
    );
  return Array.from({ length: rotated / 2 }, (_, m) => {
    const q = Math.min(Math.max(m - low, 0), n);
    return type === "mrrope-uni" ? q / n : (q * (q + 1)) / (n * (n + 1));
  });
}

/** The pairs that turn `fast` and `slow` times in the length; rounded outwards, or not whole numbers. */
function rampEnds(
  rotated: number,
  base: number,
  { length, fast, slow }: { readonly length: number; readonly fast: number; readonly slow: number },
  truncate: boolean,
): readonly [low: number, high: number] {
  const pairOf = (turns: number): number =>
    (rotated * Math.log(length / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [first, last] = truncate
    ? [Math.floor(pairOf(fast)), Math.ceil(pairOf(slow))]
    : [pairOf(fast), pairOf(slow)];
  // The reference's bounds: rotated − 1, though there are half as many pairs.
  return [Math.max(first, 0), Math.min(last, rotated - 1)];
}

function noneIsSlow(type: string, slow: number, length: number): RangeError {
  return fault(
    type,
    `no pair turns ${slow} times in a length of ${length}, so none is slow; lower slow or fast`,
  );
}

/** The base of ntk-aware and of the dynamic rule. */
export function geometricBase(type: string, rotated: number, base: number, factor: number): number {
  if (factor === 1) return base;
  if (rotated === 2)
    throw fault(
      type,
      "it slows the slowest pair and keeps the fastest, and one pair is both; " +
        "rotate 4 components or more, or use linear",
    );
  return base * factor ** (rotated / (rotated - 2));
}

/** max(N, L) / L. */
function growth(scaling: Extract<ReadScaling, { readonly current: number }>): number {
  const length = trained(scaling);
  return Math.max(scaling.current, length) / length;
}

/** A frequency of which a share stays and the rest is slowed. */
function mix(frequency: number, factor: number, kept: number): number {
  return kept * frequency + ((1 - kept) * frequency) / factor;
}

function clip(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}
