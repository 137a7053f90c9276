/**
 * The one model that every rival trains, so that their times can be compared: a pre-norm GPT with ALiBi.
 *
 *     x = embedding[tokens]                                         [batch, length, width]
 *     x = x + output(attend(norm(x)))                               per layer
 *     x = x + down(gelu(up(norm(x))))                               per layer, hidden = 4 width
 *     loss = mean cross entropy of head(norm(x)) against targets    scalar
 *
 * Attention adds -slope[h] (i - j) to the scaled scores of the causal past (Press et al., 2022,
 * arXiv:2108.12409). Linear layers have a bias, except the head; GELU is the exact one, by erf.
 */
export type GptShape = {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly vocab: number;
};

/** How to fill a parameter before the first step. */
export type Initial = "normal" | "zero" | "one";

/** One parameter: its path, its shape ([in, out] for a linear layer) and its first values. */
export type ParameterSpec = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
};

/** Standard deviation of the weights at the start. */
export const weightDeviation = 0.02;

/** Added to the variance by the layer norms. */
export const normEpsilon = 1e-5;

/** Settings of the two optimisers; AdamW's are PyTorch's defaults, its decay acts on every parameter. */
export const optimiserSettings = {
  sgd: { learningRate: 0.01 },
  adamw: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01 },
} as const;

export type OptimiserName = keyof typeof optimiserSettings;

const linear = (name: string, rows: number, columns: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [rows, columns], initial: "normal" },
  { name: `${name}.bias`, shape: [columns], initial: "zero" },
];

const norm = (name: string, width: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [width], initial: "one" },
  { name: `${name}.bias`, shape: [width], initial: "zero" },
];

/** Every parameter of the model, in the order in which `initialValues` draws them. */
export function parameterSpecs({ width, layers, vocab }: GptShape): ParameterSpec[] {
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const block = `blocks.${layer}`;
    return [
      ...norm(`${block}.attention.norm`, width),
      ...linear(`${block}.attention.query`, width, width),
      ...linear(`${block}.attention.key`, width, width),
      ...linear(`${block}.attention.value`, width, width),
      ...linear(`${block}.attention.output`, width, width),
      ...norm(`${block}.feedForward.norm`, width),
      ...linear(`${block}.feedForward.up`, width, 4 * width),
      ...linear(`${block}.feedForward.down`, 4 * width, width),
    ];
  });
  return [
    { name: "embedding.weight", shape: [vocab, width], initial: "normal" },
    ...blocks.flat(),
    ...norm("norm", width),
    { name: "head.weight", shape: [width, vocab], initial: "normal" },
  ];
}

/** The number of learned scalars. */
export function parameterCount(shape: GptShape): number {
  return parameterSpecs(shape).reduce((sum, spec) => sum + size(spec.shape), 0);
}

/** The number of elements of a tensor with this shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** ALiBi's slopes 2^(-8 h / heads), h = 1 ... heads. Exact for a power of two; every rival uses these. */
export function alibiSlopes(heads: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: heads }, (_, h) => 2 ** ((-8 * (h + 1)) / heads));
}

/**
 * What attention adds to its scores, [heads, query, key]: -slope (i - j) for the causal past, and a number
 * for the future which no score can outweigh. Finite, because 0 x infinity would poison a gradient.
 */
export function attentionBias({ heads, length }: GptShape): Float32Array<ArrayBuffer> {
  const bias = new Float32Array(heads * length * length);
  alibiSlopes(heads).forEach((slope, h) => {
    for (let i = 0; i < length; i++)
      for (let j = 0; j < length; j++)
        bias[(h * length + i) * length + j] = j <= i ? -slope * (i - j) : -1e9;
  });
  return bias;
}
