import { expect, test } from "vitest";
import { multiply } from "../../src/operators/arithmetic.ts";
import { sum } from "../../src/operators/reduction.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { compile } from "../../src/runtime/node.ts";
import { sgd } from "../../src/training/optimiser.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { Trainer } from "../../src/training/trainer.ts";

/** The weight after one step of gradient descent with rate 1 from 0, and the norm that is reported. */
async function stepped(
  gradient: number,
  clipNorm: number,
): Promise<[weight: number, norm: number]> {
  const parameters = new Parameters([{ name: "weight", shape: [1], initial: { kind: "zeros" } }]);
  const trainer = await Trainer.create({
    objective: {
      parameters,
      inputs: { x: { shape: [1] } },
      loss: ({ x }) => ({ loss: sum(multiply(parameters.get("weight"), x!)) }),
    },
    plan: { steps: 1, clipNorm, optimiser: sgd(), schedule: constantRate(1) },
    batches: () => ({ x: { shape: [1], data: Float32Array.of(gradient) } }),
    compile,
    compileOptions: { threads: 1 },
  });
  const { gradientNorm } = await trainer.step();
  const weight = (await trainer.weights()).get("weight")!.data[0]!;
  await trainer.dispose();
  return [weight, gradientNorm];
}

// PyTorch's clip_grad_norm_: the gradient times min(1, clipNorm / (norm + 1e-6)); the norm is that before it.
test.each([
  ["a norm below the largest is left", 3, 4, -3],
  ["a norm above it becomes the largest", 40, 4, -4],
  ["1e-6 is added to the norm it is divided by", 1e-6, 1e-6, -0.5e-6],
  ["0 is no clipping", 40, 0, -40],
])("%s", async (_, gradient, clipNorm, expected) => {
  const [weight, norm] = await stepped(gradient, clipNorm);
  expect(weight / expected).toBeCloseTo(1, 5);
  expect(norm / gradient).toBeCloseTo(1, 5);
});
