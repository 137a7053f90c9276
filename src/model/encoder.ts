/**
 * The encoder of the original article, equal to PyTorch's `nn.TransformerEncoder`.
 *
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * @module
 */
import { asDefined } from "../encodings/define-encoding.ts";
import { none } from "../encodings/none.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
  Positions,
} from "../encodings/position-encoding.ts";
import { range } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { block, blockSpecs } from "./block.ts";
import { checkBlockConfig } from "./config.ts";
import type { BlockConfig } from "./config.ts";
import { norm, normSpecs } from "./layers.ts";
import { layerContext, ownedSpecs, passContext } from "./context.ts";
import { Parameters } from "../parameters/parameters.ts";
import { sharedBias } from "./scores.ts";
import type { SharedBias } from "./scores.ts";

/** Settings beyond the article's five. */
export interface EncoderOptions {
  /** Default `post`, as in PyTorch (`norm_first=False`). */
  readonly normPosition?: "pre" | "post";
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
  /** Dropout with masks of its own; absent: no dropout. */
  readonly dropout?: (x: Tensor, rate: number) => Tensor;
}

/** A stack of encoder layers over vectors `[batch, length, model]`. */
export class TransformerEncoder {
  readonly config: BlockConfig;
  readonly parameters: Parameters;
  readonly encoding: PositionEncoding;
  readonly #finalNorm: boolean;

  /** The article's constructor: width, heads, layers, width of the feed-forward layer, dropout. */
  constructor(
    model: number,
    heads: number,
    layers: number,
    hidden = 2048,
    dropout = 0.1,
    options: EncoderOptions = {},
  ) {
    const { normPosition = "post", activation = "relu", finalNorm = false } = options;
    const { encoding = none, trainLength = 512 } = options;
    const norm = "layer";
    const rest = { norm, normPosition, activation, bias: true, normEpsilon: 1e-5 } as const;
    this.config = { model, heads, layers, hidden, dropout, ...rest };
    checkBlockConfig(this.config);
    const shape = { model, heads, headDim: model / heads, layers, vocab: 0, trainLength };
    this.encoding = asDefined(encoding).create({ ...shape, causal: false });
    this.#finalNorm = finalNorm;
    this.parameters = new Parameters([
      ...ownedSpecs(this.encoding.parameters, layers),
      ...Array.from({ length: layers }, (_, l) => blockSpecs(`blocks.${l}`, this.config)).flat(),
      ...(finalNorm ? normSpecs("norm", this.config) : []),
    ]);
  }

  /** Encodes `x [batch, length, model]`; the result has its shape. */
  encode(x: Tensor, masks: EncoderMasks = {}): Tensor {
    const { causal = false, keyMask, dropout = (y) => y } = masks;
    const { config, parameters, encoding } = this;
    const positions: Positions = { tensor: range(x.shape[1]!), consecutive: true };
    const inputs = { queries: positions, keys: positions, causal, keyMask, dropout };
    const context = passContext(inputs, parameters);
    // Without a dropout source the layers must not build dropout nodes at all.
    const active = masks.dropout ? config : { ...config, dropout: 0 };
    const biases = new Map<PositionEncoding, SharedBias>();
    let y = encoding.embed?.(x, context) ?? x;
    for (let layer = 0; layer < config.layers; layer++) {
      const own = encoding.at?.(layer) ?? encoding;
      const shared = biases.get(own) ?? sharedBias(own, context);
      biases.set(own, shared);
      y = block(parameters, `blocks.${layer}`, y, active, {
        encoding: own,
        context: layerContext(context, parameters, layer, config.heads),
        shared,
      }).output;
    }
    return this.#finalNorm ? norm(parameters, "norm", y, config) : y;
  }
}
