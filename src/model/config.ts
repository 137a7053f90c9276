/**
 * The settings of a Transformer.
 *
 * @module
 */

/** Settings of one block, shared by decoder and encoder. */
export interface BlockConfig {
  /** Width of the residual stream. */
  readonly model: number;
  readonly heads: number;
  /** Width of the feed-forward layer. */
  readonly hidden: number;
  readonly layers: number;
  readonly norm: "layer" | "rms";
  /** Before each sub-layer (GPT-2) or after the residual sum (the original Transformer). */
  readonly normPosition: "pre" | "post";
  readonly activation: "gelu" | "gelu-tanh" | "silu" | "relu" | "swiglu";
  /** Whether linear layers and layer norms have a bias. */
  readonly bias: boolean;
  /** Share of elements dropped while training. */
  readonly dropout: number;
  /** Added to the variance in norms. */
  readonly normEpsilon: number;
}

/** Settings of a decoder-only language model. */
export interface TransformerConfig extends BlockConfig {
  readonly vocab: number;
  /** The head uses the token table. */
  readonly tiedHead: boolean;
}

const defaults = {
  norm: "layer",
  normPosition: "pre",
  activation: "gelu",
  bias: true,
  dropout: 0,
  normEpsilon: 1e-5,
  tiedHead: false,
} as const;

/** The settings that have no default. */
export type TransformerOptions = Pick<TransformerConfig, "vocab" | "model" | "heads" | "layers"> &
  Partial<TransformerConfig>;

/** A complete configuration: GPT-2's block unless said otherwise, `hidden` 4 × `model`. */
export function transformerConfig(options: TransformerOptions): TransformerConfig {
  const config = { ...defaults, hidden: 4 * options.model, ...options };
  checkBlockConfig(config);
  requirePositive("vocab", config.vocab);
  return config;
}

/** Raises a RangeError that names the first setting that cannot be. */
export function checkBlockConfig(config: BlockConfig): void {
  for (const name of ["model", "heads", "hidden", "layers"] as const)
    requirePositive(name, config[name]);
  if (config.model % config.heads !== 0)
    throw new RangeError(
      `model: width ${config.model} does not divide into ${config.heads} heads. ` +
        `Choose a width that is a multiple of the heads, such as ${nextMultiple(config.model, config.heads)}.`,
    );
  if (!(config.dropout >= 0 && config.dropout < 1))
    throw new RangeError(`model: dropout must be from 0 to below 1, got ${config.dropout}.`);
}

function requirePositive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`model: ${name} must be a whole number of 1 or more, got ${value}.`);
}

function nextMultiple(value: number, of: number): number {
  return Math.ceil(value / of) * of;
}
