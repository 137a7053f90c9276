/**
 * BAM: a generalised Gaussian of the distance as the prior of attention.
 *
 * Bianchessi, Aguirre, Barros and Kupssinskü, "Bayesian Attention Mechanism: A Probabilistic Framework for
 * Positional Encoding and Context Length Extrapolation", ICLR 2026. https://arxiv.org/abs/2505.22842
 *
 *     score[h, i, j] ← score[h, i, j] − e^α_h · (|i − j + 2 sinh μ_h| + 10⁻⁵)^β_h
 *     scalable         (score − …) · s_h ln(i + 1)
 *
 * β = 1 is ALiBi, 0 no position at all, and a negative β hides what is near and leaves what is far: heads
 * that fetch from a distance.
 *
 * Acts on:    attention scores [batch, heads, query, key], after the score scale
 * Learns:     position.bam.theta-alpha [heads], from the logarithms of ALiBi's slopes, and .theta-beta, from 1;
 *             .theta-mu with `offset`, from 0; .scale (s) with `scalable`, from 1, in each layer; one prior for all
 *             layers, or with `shared: false` one for each. None decays, as in the authors' train.py ('prior' parameters
 *             have weight_decay 0)
 * Reference:  ArthurSBianchessi/BAM, models/bam.py and models/bam_ssmax.py, AttentionPrior
 * Differs:    μ exists only when it is learned: the authors fix it at 0 by default.
 *             A negative power lowers the nearest key without bound; here it ends 50 times as low as the
 *             key at distance 1, or at −50: without weight either way, see `hidden`.
 *             Earlier versions of the reference take the power of e^α times the distance.
 *             `scalable` multiplies query and bias, which is the reference's product after their sum; unlike in
 *             `bam+scalable-softmax` the factor reaches the bias. It counts keys by the query's position.
 *
 * @module
 */
import { add, maximum, minimum, multiply, negate, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { less } from "../operators/comparison.ts";
import { reshape, unsqueeze } from "../operators/movement.ts";
import { abs, exp, log } from "../operators/pointwise.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag } from "../options/value.ts";
import { slopes } from "./alibi.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { EncodingContext, Positions } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

/**
 * A key this far below those at a distance of 1 has no weight. A power of −1 would put the key at distance
 * 0 down by 10⁵, and rounding in its score's gradient would reach β's times that number.
 */
const hidden = 50;

/** A power may raise a far distance beyond float32, which ends at e^88; a score that low has no weight anyway. */
const largest = 80;

/** Generalised Gaussian prior of the Bayesian attention mechanism. */
export const bam = defineEncoding({
  id: "bam",
  family: "bias",
  summary:
    "Each head learns the scale and the power by which a distance lowers a score, or raises it.",
  formula: "score[h,i,j] = q_i·k_j / √d − e^α_h·(|i−j| + 10⁻⁵)^β_h",
  paper: {
    title:
      "Bayesian Attention Mechanism: A Probabilistic Framework for Positional Encoding and " +
      "Context Length Extrapolation",
    year: 2026,
    url: "https://arxiv.org/abs/2505.22842",
  },
  options: {
    offset: option("Whether the distance that counts most is learned (μ); else it is 0.", flag, {
      default: false,
    }),
    scalable: option(
      "Whether scores grow with the logarithm of how many keys a query sees (BAM-SSMax).",
      flag,
      { default: false },
    ),
    shared: option("Whether all layers share one prior.", flag, { default: true }),
  },
  create({ heads, causal }, { offset, scalable, shared }) {
    if (scalable && !causal)
      throw new RangeError(
        `bam: scalable counts the keys up to each query, so it needs a causal model. ` +
          `Leave it out, or compose "bam+scalable-softmax".`,
      );
    const bias = (context: EncodingContext): Tensor => {
      const prior = distanceBias(context, ({ tensor }) => lowered(context, tensor, offset));
      return scalable ? multiply(prior, growth(context, context.queries, heads)) : prior;
    };
    const own = shared ? "model" : "layer";
    return {
      id: "bam",
      parameters: [
        spec("theta-alpha", slopes(heads).map(Math.log), own),
        spec("theta-beta", Array<number>(heads).fill(1), own),
        ...(offset ? [spec("theta-mu", Array<number>(heads).fill(0), own)] : []),
        ...(scalable ? [spec("scale", Array<number>(heads).fill(1), "layer")] : []),
      ],
      // The growth is each layer's own.
      ...(shared && !scalable ? { bias } : { layerBias: bias }),
      ...(scalable && {
        rotate: (vectors, positions, role, context) =>
          role === "key" ? vectors : multiply(vectors, growth(context, positions, heads)),
        rotation: "factor" as const,
      }),
      cache: { keys: "either" },
      shiftInvariant: !scalable,
    };
  },
});

function spec(
  name: string,
  values: readonly number[],
  owner: NonNullable<ParameterSpec["owner"]>,
): ParameterSpec {
  const initial = { kind: "values", values } as const;
  return { name: `position.bam.${name}`, shape: [values.length], initial, owner, decays: false };
}

/** `−e^α (|distance + 2 sinh μ| + ε)^β` as `−e^(α + β ln gap)`, `[heads, n]` */
function lowered(context: EncodingContext, distances: Tensor, offset: boolean): Tensor {
  const column = (name: string): Tensor => unsqueeze(context.parameter(`position.bam.${name}`), 1);
  const [alpha, beta] = [column("theta-alpha"), column("theta-beta")];
  const moved = (): Tensor => {
    const mu = column("theta-mu");
    return add(distances, subtract(exp(mu), exp(negate(mu))));
  };
  const gap = add(abs(offset ? moved() : distances), 1e-5);
  const exponent = add(multiply(log(gap), beta), alpha);
  // Only a negative power grows towards a gap of 0; from a gap of 1 on it stays below this.
  const most = add(maximum(alpha, 0), Math.log(hidden));
  const held = minimum(exponent, where(less(beta, scalar(0)), most, scalar(largest)));
  return negate(exp(held));
}

/** `s_h ln(i + 1)`, `[heads, query, 1]` or `[batch, heads, query, 1]` */
function growth(context: EncodingContext, { tensor }: Positions, heads: number): Tensor {
  const keys = log(add(maximum(cast(tensor, "float32"), 0), 1));
  const column = unsqueeze(keys, -1);
  const scale = reshape(context.parameter("position.bam.scale"), [heads, 1, 1]);
  return multiply(column.shape.length === 3 ? unsqueeze(column, 1) : column, scale);
}
