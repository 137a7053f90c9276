/**
 * Muon: momentum whose matrices are made nearly orthogonal, for the weights of linear layers inside blocks; AdamW for everything
 * else (embeddings, heads, norms, biases, parameters of encodings).
 *
 *     b ← μ b + (1 − μ) g,   u = (1 − μ) g + μ b
 *     X = u / ‖u‖, then five times:  A = X Xᵀ,  X ← 3.4445 X + (−4.7750 A + 2.0315 A²) X
 *     p ← p (1 − rate · decay) − rate · 0.2 √max(rows, columns) · X
 *
 * The factor 0.2 √max(rows, columns) gives a move the size of AdamW's, so one learning rate serves both.
 *
 * Source:   Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/; the factor: Liu et al. 2025, "Muon is
 *           Scalable for LLM Training", https://arxiv.org/abs/2502.16982
 * Equals:   torch.optim.Muon with adjust_lr_fn="match_rms_adamw", and with "original" where `move` says so
 * Differs:  iterates in float32, the reference in bfloat16
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { add, divide, maximum, multiply, subtract } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { transposeLast } from "../operators/movement.ts";
import { sqrt } from "../operators/pointwise.ts";
import { sum } from "../operators/reduction.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { adamW } from "./optimiser.ts";
import type { AdamWOptions, Optimiser } from "./optimiser.ts";

/** Settings of Muon. */
export interface MuonOptions {
  /** μ. Default 0.95. */
  readonly momentum?: number;
  /** Iterations towards an orthogonal matrix. Default 5. */
  readonly iterations?: number;
  /** Decoupled decay of all parameters that decay. Default 0.1. */
  readonly weightDecay?: number;
  /**
   * The size of a matrix's move: "adamw", 0.2 √max(rows, columns), the size of AdamW's; or "spectral", √max(1, outputs /
   * inputs). Default "adamw".
   */
  readonly move?: "adamw" | "spectral";
  /** For everything that is no matrix of a linear layer. Default: AdamW's defaults. */
  readonly others?: Omit<AdamWOptions, "weightDecay">;
}

const muonNames: NamesOf<MuonOptions> = {
  momentum: true,
  iterations: true,
  weightDecay: true,
  move: true,
  others: true,
};
const othersNames: NamesOf<NonNullable<MuonOptions["others"]>> = {
  beta1: true,
  beta2: true,
  epsilon: true,
};

/** Coefficients of the iteration, as published. */
const [first, second, third] = [3.4445, -4.775, 2.0315];

/** The least norm that is divided by. */
const leastNorm = 1e-7;

/**
 * Muon for matrices, AdamW for everything else.
 *
 * @throws {RangeError} a momentum outside 0 ≤ μ < 1, no iteration, or options that AdamW refuses
 */
export function muon(options: MuonOptions = {}): Optimiser {
  refuseUnknownNames("muon", options, muonNames);
  const { momentum = 0.95, iterations = 5, weightDecay = 0.1, move = "adamw" } = options;
  if (!(momentum >= 0 && momentum < 1))
    throw new RangeError(`muon: momentum must be from 0 to below 1, got ${momentum}.`);
  if (!Number.isSafeInteger(iterations) || iterations < 1 || iterations > 100)
    throw new RangeError(
      `muon: iterations must be a whole number from 1 to 100, got ${iterations}.`,
    );
  if (move !== "adamw" && move !== "spectral")
    throw new RangeError(`muon: move must be "adamw" or "spectral", got ${JSON.stringify(move)}.`);
  if (options.others) refuseUnknownNames("muon: others", options.others, othersNames);
  const others = adamW({ ...options.others, weightDecay });
  return {
    ...others,
    id: "muon",
    matrixSlots: ["momentum"],
    step(given) {
      if (given.matrix !== true) return others.step(given);
      const { parameter, slots, rate, clip, decays } = given;
      const gradient = clip ? multiply(given.gradient, clip) : given.gradient;
      const fresh = multiply(gradient, 1 - momentum);
      const average = add(multiply(slots["momentum"]!, momentum), fresh);
      const direction = orthogonal(add(fresh, multiply(average, momentum)), iterations);
      const [inputs, outputs] = parameter.shape as [number, number];
      const size =
        move === "adamw"
          ? 0.2 * Math.sqrt(Math.max(inputs, outputs))
          : Math.sqrt(Math.max(1, outputs / inputs));
      const kept =
        decays && weightDecay > 0
          ? multiply(parameter, subtract(1, multiply(rate, weightDecay)))
          : parameter;
      return {
        parameter: subtract(kept, multiply(direction, multiply(rate, size))),
        slots: { momentum: average },
      };
    },
  };
}

/** A matrix with the same singular vectors, and singular values near 1. */
function orthogonal(matrix: Tensor, iterations: number): Tensor {
  const [rows, columns] = matrix.shape as [number, number];
  const norm = sqrt(sum(multiply(matrix, matrix)));
  const scaled = divide(matrix, maximum(norm, leastNorm));
  // The product of the shorter side with itself is the smaller one.
  let x = rows > columns ? transposeLast(scaled) : scaled;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gram = matmul(x, x, { transposeB: true });
    const update = add(multiply(gram, second), multiply(matmul(gram, gram), third));
    x = add(multiply(x, first), matmul(update, x));
  }
  return rows > columns ? transposeLast(x) : x;
}
