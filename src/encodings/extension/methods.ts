/**
 * The methods that fit a trained RoPE to longer texts, by name: each makes of one layer's rotary positions another
 * encoding with the same weights.
 *
 *     pi, ntk-aware, abf, dynamic-ntk, ntk-by-parts, yarn, longrope, llama3, mrrope    other frequencies, see rope-frequencies.ts
 *     clipped-rope                                                                  slow pairs slower still, or stopped
 *     log-n                                                                         queries that grow with their position
 *     self-extend, jet-long, rerope, leaky-rerope, dca, streaming-llm, lm-infinite                 distances, see remapped-methods.ts
 *
 * `abf` is a larger base that is given, Xiong et al. 2023, https://arxiv.org/abs/2309.16039; it is meant for training on.
 *
 * @module
 */
import { option } from "../../options/option.ts";
import type { OptionFields } from "../../options/option.ts";
import { number, word } from "../../options/value.ts";
import { clippedRope } from "../clipped-rope.ts";
import { combine } from "../compose/combine.ts";
import type { Choice } from "../compose/composition.ts";
import { logN } from "../log-n.ts";
import type { PairLayout } from "../parts/rotation.ts";
import { rope } from "../rope.ts";
import { remappedChoice, remappedChoices } from "./remapped-choices.ts";
import { scalingRules } from "./rope-scaling.ts";

/** Rotary positions of a layer, as they were trained: options of `rope` without a scaling. */
export interface TrainedRope {
  readonly base: number;
  readonly rotated?: number;
  readonly layout?: PairLayout;
}

/** How long texts are to become. */
export interface LongerTexts {
  /** New length / `length`; for dynamic-ntk the factor f of its formula. */
  readonly factor: number;
  /** Tokens of the texts of training. */
  readonly length: number;
  /** Tokens of the texts that will be read, for rules whose frequencies follow from them. */
  readonly textLength: number;
}

type Settings = Readonly<Record<string, unknown>>;

/** A method. */
export interface ExtensionMethod {
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
  /** What it has beside the factor. */
  readonly options: OptionFields;
  /** The encoding of a layer with these rotary positions; `settings` are its options as they were read. */
  extend(trained: TrainedRope, texts: LongerTexts, settings: Settings): Choice;
}

/** The options of a rule that a method's caller chooses: all but the factor and the length of training. */
function ownOptions(fields: OptionFields): OptionFields {
  const chosen = Object.entries(fields).filter(([name]) => name !== "factor" && name !== "length");
  return Object.fromEntries(chosen);
}

/** `rope` with a scaling. */
function scaled(trained: TrainedRope, scaling: object): Choice {
  return { definition: rope, options: { ...trained, scaling } };
}

/** A method that is a rule of rope-scaling.ts. */
function byRule(
  id: string,
  summary: string,
  given: {
    readonly type?: keyof typeof scalingRules;
    /** Whether the rule is given the length of training, and that of the text. Default: the first alone. */
    readonly lengths?: "none" | "both";
  } = {},
): ExtensionMethod {
  const { type = id as keyof typeof scalingRules, lengths } = given;
  return {
    ...{ id, summary, options: ownOptions(scalingRules[type]) },
    extend: (trained, { factor, length, textLength }, settings) =>
      scaled(trained, {
        type,
        // What sets the attention factor of longrope is the factor, or is given itself.
        ...(!(type === "longrope" && settings["attentionFactor"] !== undefined) && { factor }),
        ...(lengths !== "none" && { length }),
        ...settings,
        ...(lengths === "both" && { current: textLength }),
      }),
  };
}

/** All methods. */
export const extensionMethods: readonly ExtensionMethod[] = [
  byRule("pi", "All frequencies are divided by the factor.", { type: "linear", lengths: "none" }),
  byRule(
    "ntk-aware",
    "A larger base: the fastest pair stays, the slowest is divided by the factor.",
    {
      lengths: "none",
    },
  ),
  {
    id: "abf",
    summary: "A larger base that is given; meant for training on.",
    options: {
      base: option("The base of the frequencies.", number({ above: 1 }), { required: true }),
    },
    extend(trained, _, { base }) {
      if ((base as number) <= trained.base)
        throw new RangeError(
          `extend: abf needs a base above that of training, ${trained.base}, got ${base as number}. ` +
            `A smaller one turns pairs faster.`,
        );
      return { definition: rope, options: { ...trained, base: base as number } };
    },
  },
  byRule("dynamic-ntk", "As ntk-aware, with a base that follows the length of the text.", {
    lengths: "both",
  }),
  byRule("ntk-by-parts", "Fast pairs stay, slow ones are divided by the factor."),
  byRule("yarn", "As ntk-by-parts, with sharper attention."),
  byRule("longrope", "Each frequency is divided by a number of its own, found by a search.", {
    lengths: "both",
  }),
  byRule("llama3", "Fast pairs stay, slow ones are divided by the factor, by wavelengths."),
  {
    id: "mrrope",
    summary: "Pairs between fast and slow ones are divided by growing powers of the factor.",
    options: {
      form: option("How powers grow: faster and faster, or evenly.", word("pro", "uni"), {
        default: "pro",
      }),
      ...ownOptions(scalingRules["mrrope-pro"]),
    },
    extend: (trained, { factor, length }, { form, ...settings }) =>
      scaled(trained, { type: `mrrope-${form as string}`, factor, length, ...settings }),
  },
  {
    id: "clipped-rope",
    summary: "The slowest pairs are slowed further, or stopped, whatever the factor.",
    options: ownOptions(
      Object.fromEntries(
        Object.entries(clippedRope.options).filter(([name]) => ["clipped", "form"].includes(name)),
      ),
    ),
    extend: (trained, _, settings) => ({
      definition: clippedRope,
      options: { ...trained, ...settings },
    }),
  },
  {
    id: "log-n",
    summary: "Queries beyond the length of training grow with the logarithm of their position.",
    options: {},
    extend: (trained, { length }) => ({
      definition: combine([
        { definition: rope, options: trained },
        { definition: logN, options: { length } },
      ]),
    }),
  },
  ...remappedChoices.map((each): ExtensionMethod => ({
    ...{ id: each.id, summary: each.summary, options: each.options },
    extend: (trained, { factor, length }, settings) =>
      remappedChoice(each, trained, { factor, length, settings }),
  })),
];
