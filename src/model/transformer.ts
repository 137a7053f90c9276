/**
 * The decoder-only Transformer: tokens in, logits of the next token out.
 *
 * Initialisation is GPT-2's: weights and token table N(0, 0.02²), biases 0, norms 1, projections into
 * the residual stream N(0, (0.02/√(2 layers))²).
 *
 * @module
 */
import { asDefined } from "../encodings/define-encoding.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
  Positions,
} from "../encodings/position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { gather, oneHot } from "../operators/indexing.ts";
import { matmul } from "../operators/matmul.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { KeyValue } from "./attention.ts";
import { block, blockSpecs } from "./block.ts";
import type { TransformerConfig } from "./config.ts";
import { layerContext, ownedSpecs, passContext, withPositions } from "./context.ts";
import { norm, normSpecs, weightDeviation } from "./layers.ts";
import { Parameters } from "../parameters/parameters.ts";
import { sharedBias } from "./scores.ts";
import type { SharedBias } from "./scores.ts";

/** A model: its settings, its encoding, its parameters as graph inputs. */
export interface LanguageModel {
  readonly config: TransformerConfig;
  readonly encoding: PositionEncoding;
  readonly parameters: Parameters;
}

/** What a forward pass is given. */
export interface ForwardInputs {
  /** int32 `[batch, sequence]` */
  readonly tokens: Tensor;
  /** Positions of the tokens. */
  readonly positions: Positions;
  /** While decoding: what earlier tokens left. */
  readonly past?: {
    readonly layers: readonly KeyValue[];
    /** Positions of all keys, old and new. */
    readonly keyPositions: Positions;
    /** Ids of the earlier tokens, int32 `[batch, past]`, where the encoding's `cache.tokens` asks for them. */
    readonly tokens?: Tensor | undefined;
  };
  /** Positions drawn for each layer, where the encoding draws them so; `positions` are the first. */
  readonly layerPositions?:
    readonly { readonly queries: Positions; readonly keys: Positions }[] | undefined;
  /** True where a key is text and not padding, bool `[batch, key]`. */
  readonly keyMask?: Tensor | undefined;
  /** Dropout with masks of its own; absent: no dropout. */
  readonly dropout?: (x: Tensor, rate: number) => Tensor;
}

/** A decoder-only Transformer with an encoding of the list, trained at `trainLength`. */
export function languageModel(
  config: TransformerConfig,
  definition: EncodingDefinition,
  trainLength: number,
  options: object = {},
): LanguageModel {
  const { model, heads, layers, vocab } = config;
  const encoding = asDefined(definition).create(
    { model, heads, headDim: model / heads, layers, vocab, trainLength, causal: true },
    options,
  );
  return { config, encoding, parameters: new Parameters(modelSpecs(config, encoding)) };
}

function modelSpecs(config: TransformerConfig, encoding: PositionEncoding): ParameterSpec[] {
  const { vocab, model, layers, tiedHead } = config;
  const initial = { kind: "normal", deviation: weightDeviation } as const;
  const extra = encoding.extraWidth ?? 0;
  const takesOneHot = encoding.tokenInput === "one-hot";
  if (extra >= model)
    throw new RangeError(
      `${encoding.id}: it appends ${extra} columns, but the model is ${model} wide. ` +
        `Widen the model or narrow the encoding.`,
    );
  if (tiedHead && (extra > 0 || takesOneHot))
    throw new RangeError(
      `${encoding.id}: it is concatenated to the token vectors, so the token table is not ` +
        `[vocab, model] and cannot serve as the head. Set tiedHead to false.`,
    );
  return [
    ...(takesOneHot ? [] : [{ name: "tokens.weight", shape: [vocab, model - extra], initial }]),
    ...ownedSpecs(encoding.parameters, layers),
    ...Array.from({ length: layers }, (_, l) => blockSpecs(`blocks.${l}`, config)).flat(),
    ...(config.normPosition === "pre" ? normSpecs("norm", config) : []),
    ...(tiedHead ? [] : [{ name: "head.weight", shape: [model, vocab], initial }]),
  ];
}

/** A named point of the forward pass, for finding where numbers go wrong. */
export interface Stage {
  readonly name: string;
  readonly output: Tensor;
}

/** What a forward pass gives. */
export interface ForwardOutputs {
  /** `[batch, sequence, vocab]` */
  readonly logits: Tensor;
  /** Each layer's keys and values, to keep for the next tokens. */
  readonly present: readonly KeyValue[];
  /** The embedding and each block's output, in order. */
  readonly stages: readonly Stage[];
}

/** One pass over a batch of sequences. */
export function forward(
  { config: full, encoding, parameters }: LanguageModel,
  { tokens, positions, past, layerPositions, keyMask, dropout: dropoutSource }: ForwardInputs,
): ForwardOutputs {
  // Without a source of masks (evaluation, decoding) the layers must not see a dropout rate.
  const config = dropoutSource ? full : { ...full, dropout: 0 };
  const dropout = dropoutSource ?? ((x: Tensor) => x);
  const keys = past?.keyPositions ?? positions;
  const pastTokens = past?.tokens;
  if (past && encoding.cache.tokens && pastTokens === undefined)
    throw new RangeError(
      `${encoding.id}: it reads the ids of earlier tokens while decoding. Give them as past.tokens.`,
    );
  const inputs = { queries: positions, keys, causal: true, tokens, pastTokens, keyMask, dropout };
  const context = passContext(inputs, parameters);

  let x = scope("embedding", () => {
    const vectors =
      encoding.tokenInput === "one-hot"
        ? oneHot(tokens, config.vocab)
        : gather(parameters.get("tokens.weight"), tokens);
    return dropout(encoding.embed?.(vectors, context) ?? vectors, config.dropout);
  });
  const biasOf = (own: PositionEncoding, place: typeof context): SharedBias =>
    scope("bias", () => sharedBias(own, place));
  // Layers of one encoding share its bias, unless each has positions of its own.
  const biases = new Map<PositionEncoding, SharedBias>();
  const present: KeyValue[] = [];
  const stages: Stage[] = [{ name: "embedding", output: x }];
  for (let layer = 0; layer < config.layers; layer++) {
    const own = encoding.at?.(layer) ?? encoding;
    const places = layerPositions?.[layer];
    const place = places ? withPositions(context, places.queries, places.keys) : context;
    const shared = (places ? undefined : biases.get(own)) ?? biasOf(own, place);
    biases.set(own, shared);
    const step = block(
      parameters,
      `blocks.${layer}`,
      x,
      config,
      {
        encoding: own,
        context: layerContext(place, parameters, layer, config.heads),
        shared,
      },
      past?.layers[layer],
    );
    x = step.output;
    present.push(step.present);
    stages.push({ name: `blocks.${layer}`, output: x });
  }
  if (config.normPosition === "pre") x = scope("norm", () => norm(parameters, "norm", x, config));
  const logits = scope("head", () =>
    config.tiedHead
      ? matmul(x, parameters.get("tokens.weight"), { transposeB: true })
      : matmul(x, parameters.get("head.weight")),
  );
  return { logits, present, stages };
}
