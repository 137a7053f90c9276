/**
 * The rules that fit RoPE to longer texts, and their options; rope-frequencies.ts has what they compute.
 *
 * @module
 */
import { option, optionIs } from "../../options/option.ts";
import type { Given, Read } from "../../options/option.ts";
import { readOptions } from "../../options/read.ts";
import { flag, listOf, number, recordBy, whole, word } from "../../options/value.ts";

const factor = option("s, new length / train length.", number({ least: 1 }), { required: true });
const length = option(
  "L, tokens of the texts that the unscaled model was trained with.",
  whole({ least: 2 }),
  { otherwise: "the train length" },
);
const attentionFactor = (otherwise: string) =>
  option("Factor of cosines and sines.", number({ above: 0 }), { otherwise });

const fast = option(
  "Pairs with this many turns in `length`, or more, keep their frequency.",
  number({ above: 0 }),
  { default: 32 },
);
const slow = option(
  "Pairs with this many turns, or fewer, have it divided by the factor.",
  number({ above: 0 }),
  { default: 1 },
);
const byParts = {
  factor,
  length,
  fast,
  slow,
  ramp: option("What the ramp is linear in.", word("index", "turns"), { default: "index" }),
  truncate: option("Whether the ends of the ramp are rounded outwards to whole pairs.", flag, {
    default: true,
    only: optionIs("ramp", "index"),
  }),
};
const byRadix = {
  factor,
  length,
  fast,
  slow,
  attentionFactor: attentionFactor("from the factor"),
};
const mscale = (part: string) =>
  option(`${part} of the factor's quotient.`, number({ least: 0 }), { otherwise: "not used" });
const slower = (texts: string) =>
  option(`What each pair's frequency is divided by in ${texts}.`, listOf(number({ above: 0 })), {
    required: true,
  });

/** The options of each rule. */
export const scalingRules = {
  linear: { factor },
  "ntk-aware": { factor },
  "dynamic-linear": { length },
  "dynamic-ntk": {
    factor: option("f; 1 gives the base of ntk-aware for N/L.", number({ least: 1 }), {
      default: 1,
    }),
    length,
  },
  "ntk-by-parts": byParts,
  yarn: {
    ...byParts,
    attentionFactor: attentionFactor("from the factor, and from both mscales where given"),
    mscale: mscale("Numerator"),
    mscaleAllDim: mscale("Denominator"),
  },
  "mrrope-uni": byRadix,
  "mrrope-pro": byRadix,
  longrope: {
    short: slower("texts up to `length`"),
    long: slower("longer texts"),
    factor: option("s, new length / train length.", number({ least: 1 }), {
      otherwise: "`attentionFactor` is needed",
    }),
    length,
    attentionFactor: attentionFactor("from the factor"),
  },
  llama3: {
    factor,
    low: option(
      "Pairs with this many turns in `length`, or fewer, have their frequency divided by the factor.",
      number({ above: 0 }),
      {
        default: 1,
      },
    ),
    high: option(
      "Pairs with this many turns, or more, keep their frequency.",
      number({ above: 0 }),
      {
        default: 4,
      },
    ),
    length,
  },
};

const current = option(
  "N, the length of every text: frequencies follow from it, and keys cached in a text of another length would " +
    "not fit.",
  whole({ least: 1 }),
  { required: true },
);

/** A rule and its options, as they may be given. */
export type RopeScaling = Given<ReturnType<typeof recordBy<"type", typeof scalingRules>>>;

/** A rule and its options, beside the length of the text where the rule depends on that. */
export const scalingValue = recordBy("type", {
  ...scalingRules,
  "dynamic-linear": { ...scalingRules["dynamic-linear"], current },
  "dynamic-ntk": { ...scalingRules["dynamic-ntk"], current },
  longrope: { ...scalingRules.longrope, current },
});

/** A rule as it was read, with defaults. */
export type ReadScaling = Read<typeof scalingValue>;

const scaling = { scaling: option("The rule.", scalingValue, { required: true }) };

/**
 * Reads a rule.
 *
 * @param current N, for the rules that depend on it and only for them
 * @throws {OptionError} for options that the rule does not have or that cannot be
 */
export function readScaling(given: object, current: number | undefined): ReadScaling {
  const whole = current === undefined ? given : { ...given, current };
  return readOptions("rope", scaling, { scaling: whole }).scaling;
}

/** What is wrong with a rule's options beside one another. */
export function fault(type: string, reason: string): RangeError {
  return new RangeError(`rope: scaling ${type}: ${reason}.`);
}

/**
 * L, which a rule must be given where it is not read through `rope`.
 *
 * @throws {RangeError} where it is absent
 */
export function trained({
  type,
  length,
}: {
  readonly type: string;
  readonly length?: number | undefined;
}): number {
  if (length === undefined) throw fault(type, "it needs length, that of training; give it");
  return length;
}
