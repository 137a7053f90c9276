/**
 * The settings of a Transformer: of one block, of a language model, and what cannot be.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { blockForms } from "./block-form.ts";
import type { BlockForm } from "./block-form.ts";
import { activationNames } from "./activations.ts";
import type { Activation } from "./activations.ts";
import type { WindowRule } from "./masks.ts";
import { checkWindow } from "./masks.ts";

/** The parts of a block that have biases; `feedForward` is all of its linear layers, `norm` all layer norms. */
export type BiasedPart = "query" | "key" | "value" | "output" | "feedForward" | "norm";

/** Whether a part has a bias, where it differs from `bias`. */
export type Biases = Partial<Readonly<Record<BiasedPart, boolean>>>;

/** Settings of one block, shared by decoder, encoder and both halves of an encoder-decoder. */
export interface BlockConfig {
  /** Width of the residual stream. */
  readonly model: number;
  /** Heads of queries. */
  readonly heads: number;
  /** Width of one head; `heads · headDim` need not be `model`. */
  readonly headDim: number;
  /** Heads of keys and values; each serves `heads / keyValueHeads` heads of queries. */
  readonly keyValueHeads: number;
  /** Width of the feed-forward layer. */
  readonly hidden: number;
  readonly layers: number;
  readonly norm: "layer" | "rms";
  /** Where norms and residual sums are, see `block-form.ts`. */
  readonly form: BlockForm;
  readonly activation: Activation;
  /** Whether linear layers and layer norms have a bias. */
  readonly bias: boolean;
  /** Where that differs, by part: Qwen2 has biases in `query`, `key` and `value` alone. Default: none differs. */
  readonly biases?: Biases;
  /** Share of elements dropped while training. */
  readonly dropout: number;
  /** Added to the variance in norms. */
  readonly normEpsilon: number;
  /** Whether queries and keys pass an RMS norm per head before the encoding's rotation. Default false. */
  readonly queryKeyNorm?: boolean;
  /** Factor of `query · key`. Default: the encoding's, else `headDim^−½`. */
  readonly scoreScale?: number;
  /** Scores become `cap · tanh(score / cap)` before the mask (Gemma 2). Default: no cap. */
  readonly scoreCap?: number;
  /**
   * How far back queries see, one rule for all layers or a pattern that repeats over them; `"all"` in a
   * pattern is a layer without a window. Default: no window.
   */
  readonly window?: WindowRule | readonly (WindowRule | "all")[];
  /** Whether a norm follows the last layer. Default: as the form has it. */
  readonly finalNorm?: boolean;
  /**
   * Whether the first layer has the norm before its attention, where the form has one. ModernBERT's has not: a norm follows the
   * embedding. Default true.
   */
  readonly firstNorm?: boolean;
}

/** Settings of a decoder-only language model. */
export interface TransformerConfig extends BlockConfig {
  readonly vocab: number;
  /** The head uses the token table. */
  readonly tiedHead: boolean;
  /** Logits become `cap · tanh(logit / cap)` (Gemma 2). Default: no cap. */
  readonly logitCap?: number;
  /** Factor of token vectors before the encoding's `embed` (Gemma: √model). Default 1. */
  readonly embeddingScale?: number;
  /** Whether a norm follows the encoding's `embed` (BLOOM, BERT). Default false. */
  readonly embeddingNorm?: boolean;
  /** Factor of what the head reads (T5 with a tied head: model^−½). Default 1. */
  readonly headScale?: number;
  /** Whether logits have a bias. Default false. */
  readonly headBias?: boolean;
}

const blockDefaults = {
  norm: "layer",
  form: "pre",
  activation: "gelu",
  bias: true,
  dropout: 0,
  normEpsilon: 1e-5,
} as const;

/** Settings of a block of which only the sizes have no default. */
export type BlockOptions = Pick<BlockConfig, "model" | "heads" | "layers"> & Partial<BlockConfig>;

/** The settings that have no default. */
export type TransformerOptions = Pick<TransformerConfig, "vocab" | "model" | "heads" | "layers"> &
  Partial<TransformerConfig>;

const widthNames: NamesOf<Omit<BlockConfig, "layers">> = {
  model: true,
  heads: true,
  headDim: true,
  keyValueHeads: true,
  hidden: true,
  norm: true,
  form: true,
  activation: true,
  bias: true,
  biases: true,
  dropout: true,
  normEpsilon: true,
  queryKeyNorm: true,
  scoreScale: true,
  scoreCap: true,
  window: true,
  finalNorm: true,
  firstNorm: true,
};

/** The names of the settings of a block. */
export const blockNames: NamesOf<BlockConfig> = { ...widthNames, layers: true };

/** The names of the settings of a language model, without the count of its layers. */
export const oneStackNames: NamesOf<Omit<TransformerConfig, "layers">> = {
  ...widthNames,
  ...{ vocab: true, tiedHead: true, logitCap: true, embeddingScale: true, embeddingNorm: true },
  ...{ headScale: true, headBias: true },
};

const names: NamesOf<TransformerConfig> = { ...oneStackNames, layers: true };

/**
 * A complete configuration: GPT-2's block unless said otherwise, `hidden` 4 × `model`, `headDim`
 * `model / heads`, as many heads of keys and values as of queries.
 *
 * @throws {RangeError} for a setting that cannot be; the message names it.
 */
export function transformerConfig(options: TransformerOptions): TransformerConfig {
  refuseUnknownNames("model", options, names);
  const { vocab, tiedHead = false, logitCap, embeddingScale, headScale, ...rest } = options;
  const { embeddingNorm, headBias, ...block } = rest;
  const own = { logitCap, embeddingScale, embeddingNorm, headScale, headBias };
  const config = {
    ...blockConfig(block),
    ...{ vocab, tiedHead },
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
  };
  requireWhole("vocab", config.vocab);
  for (const [name, factor] of Object.entries({ logitCap, embeddingScale, headScale }))
    requireFactor(name, factor);
  requireFlags({ tiedHead, embeddingNorm: embeddingNorm ?? false, headBias: headBias ?? false });
  return config;
}

/**
 * A block's complete settings, with the defaults of `transformerConfig`.
 *
 * @throws {RangeError} for a setting that cannot be; the message names it.
 */
export function blockConfig(options: BlockOptions): BlockConfig {
  refuseUnknownNames("model", options, blockNames);
  const { model, heads } = options;
  const config = {
    ...blockDefaults,
    hidden: 4 * model,
    headDim: model / heads,
    keyValueHeads: heads,
    ...options,
  };
  checkBlockConfig(config);
  return config;
}

/** @throws {RangeError} that names the first setting that cannot be. */
function checkBlockConfig(config: BlockConfig): void {
  const { model, heads, headDim, keyValueHeads, dropout, normEpsilon } = config;
  for (const name of ["model", "heads", "hidden", "layers"] as const)
    requireWhole(name, config[name]);
  if (headDim === model / heads && !Number.isInteger(headDim))
    throw new RangeError(
      `model: width ${model} does not divide into ${heads} heads. ` +
        `Choose a width that is a multiple of the heads, such as ${Math.ceil(model / heads) * heads}, ` +
        `or set headDim.`,
    );
  for (const name of ["headDim", "keyValueHeads"] as const) requireWhole(name, config[name]);
  if (heads % keyValueHeads !== 0)
    throw new RangeError(
      `model: keyValueHeads ${keyValueHeads} does not divide ${heads} heads, and each head of keys serves ` +
        `equally many heads of queries. Choose one of ${divisors(heads).join(", ")}.`,
    );
  requireWord("norm", config.norm, ["layer", "rms"]);
  requireWord("form", config.form, Object.keys(blockForms));
  requireWord("activation", config.activation, activationNames);
  if (!(dropout >= 0 && dropout < 1))
    throw new RangeError(`model: dropout must be from 0 to below 1, got ${dropout}.`);
  if (!(normEpsilon > 0 && normEpsilon < Infinity))
    throw new RangeError(`model: normEpsilon must be above 0, got ${normEpsilon}. Use 1e-5.`);
  const { bias, queryKeyNorm = false, finalNorm = false, firstNorm = true } = config;
  requireFlags({ bias, queryKeyNorm, finalNorm, firstNorm });
  checkBiases(config.biases);
  requireFactor("scoreScale", config.scoreScale);
  requireFactor("scoreCap", config.scoreCap);
  const rules = [config.window ?? []].flat();
  if (config.window !== undefined && rules.length === 0)
    throw new RangeError("model: window is an empty pattern. Leave it out for no window.");
  for (const rule of rules) if (rule !== "all") checkWindow(rule);
}

/** The window of a layer; undefined where it has none. */
export function windowOf({ window }: BlockConfig, layer: number): WindowRule | undefined {
  if (window === undefined) return undefined;
  const pattern = [window].flat();
  const rule = pattern[layer % pattern.length]!;
  return rule === "all" ? undefined : rule;
}

/** @throws {RangeError} for what is no whole number of 1 or more. */
export function requireWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`model: ${name} must be a whole number of 1 or more, got ${value}.`);
}

export function requireFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags))
    if (typeof value !== "boolean")
      throw new RangeError(`model: ${name} must be true or false, got ${JSON.stringify(value)}.`);
}

const biasedParts: NamesOf<Biases> = {
  ...{ query: true, key: true, value: true, output: true, feedForward: true, norm: true },
};

function checkBiases(biases: Biases = {}): void {
  refuseUnknownNames("model: biases", biases, biasedParts);
  for (const [part, value] of Object.entries(biases)) requireFlags({ [`biases.${part}`]: value });
}

/** Whether a part of a block has a bias. */
export function hasBias({ bias, biases }: BlockConfig, part: BiasedPart): boolean {
  return biases?.[part] ?? bias;
}

function requireFactor(name: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0 && value < Infinity))
    throw new RangeError(
      `model: ${name} must be a finite number above 0, got ${value}. Leave it out for none.`,
    );
}

function requireWord(name: string, word: string, known: readonly string[]): void {
  if (!known.includes(word))
    throw new RangeError(`model: ${name} "${word}" is unknown. Choose one of ${known.join(", ")}.`);
}

function divisors(of: number): number[] {
  return Array.from({ length: of }, (_, at) => at + 1).filter((number) => of % number === 0);
}
