/**
 * The encoder of the original article, equal to PyTorch's `nn.TransformerEncoder`.
 *
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * It reads vectors, so models over tokens, patches or measurements put what they like before and behind it.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { none } from "../encodings/none.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
  Positions,
} from "../encodings/position-encoding.ts";
import { range } from "../operators/source.ts";
import { Parameters } from "../parameters/parameters.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { blockConfig } from "./config.ts";
import type { BlockConfig } from "./config.ts";
import { passContext } from "./context.ts";
import type { Dropout } from "../random/dropout.ts";
import { createEncoding } from "./encoding-of-model.ts";
import { requireMask } from "./masks.ts";
import { refuseLargeParameters } from "./size.ts";
import { stack, stackSpecs } from "./stack.ts";
import { withDropout } from "./transformer.ts";

/** Settings beyond the article's five; those of a block may be set too. */
export interface EncoderOptions extends Partial<
  Omit<BlockConfig, "model" | "heads" | "layers" | "hidden" | "dropout">
> {
  /** Default `post`, as in PyTorch (`norm_first=False`). */
  readonly form?: BlockConfig["form"];
  /** Default `relu`. */
  readonly activation?: BlockConfig["activation"];
  /** A norm after the last layer. Default false. */
  readonly finalNorm?: boolean;
  /** Default `none`: positions are added to `x` before, as in the article. */
  readonly encoding?: EncodingDefinition;
  /** The longest sequence of training, for encodings that ask. Default 512. */
  readonly trainLength?: number;
}

/** What an encoding pass may mask. */
export interface EncoderMasks {
  /** Keys after the query do not count. Default false. */
  readonly causal?: boolean;
  /** True where a position is text and not padding, bool `[batch, length]`. */
  readonly keyMask?: Tensor;
  /** Document ids, int32 `[batch, length]`; no attention between different ones. */
  readonly documents?: Tensor;
  /** Dropout with masks of its own, see `dropoutSites`; absent: no dropout. */
  readonly dropout?: Dropout;
}

const maskNames: NamesOf<EncoderMasks> = {
  causal: true,
  keyMask: true,
  documents: true,
  dropout: true,
};

/** A stack of encoder layers over vectors `[batch, length, model]`. */
export class TransformerEncoder {
  readonly config: BlockConfig;
  readonly parameters: Parameters;
  readonly encoding: PositionEncoding;

  /**
   * The article's constructor: width, heads, layers, width of the feed-forward layer, dropout.
   *
   * @throws {RangeError} for a setting that cannot be; the message names it.
   */
  constructor(
    model: number,
    heads: number,
    layers: number,
    hidden = 2048,
    dropout = 0.1,
    options: EncoderOptions = {},
  ) {
    const { encoding = none, trainLength = 512, ...settings } = options;
    const article = { form: "post", activation: "relu", finalNorm: false } as const;
    this.config = blockConfig({ ...article, ...settings, model, heads, layers, hidden, dropout });
    const sizes = { vocab: 0, trainLength, causal: false };
    this.encoding = createEncoding({ definition: encoding, config: this.config, sizes });
    const specs = stackSpecs({ config: this.config, encoding: this.encoding });
    refuseLargeParameters(specs, this.encoding.id);
    this.parameters = new Parameters(specs);
  }

  /**
   * Encodes `x [batch, length, model]`; the result has its shape.
   *
   * @throws {RangeError} for a mask that does not fit `x`.
   */
  encode(x: Tensor, masks: EncoderMasks = {}): Tensor {
    refuseUnknownNames("encode", masks, maskNames);
    const { causal = false, keyMask, documents } = masks;
    const { parameters, encoding } = this;
    const { config, dropout } = withDropout(this.config, masks.dropout);
    const [batch, length] = x.shape;
    requireMask("keyMask", keyMask, batch!, length!);
    requireMask("documents", documents, batch!, length!);
    const positions: Positions = { tensor: range(length!), consecutive: true };
    const inputs = { queries: positions, keys: positions, causal, keyMask, dropout };
    const context = passContext(inputs, parameters);
    const embedded = encoding.embed?.(x, context) ?? x;
    const given = { config, encoding, parameters, x: embedded, context, dropout, documents };
    return stack(given).output;
  }
}
