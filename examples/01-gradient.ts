/**
 * A graph, its gradient, and the two ways to know their numbers: the float64 evaluator, which tests
 * trust, and ONNX Runtime in float32, which is fast.
 *
 * Run:        npm run example examples/01-gradient.ts
 * Takes:      a second
 * Tolerance:  1e-6
 * Prints:
 *
 *     loss 2.5
 *     gradient, evaluated:     0 0 0 6
 *     gradient, ONNX Runtime:  0 0 0 6
 *     second derivatives:      -1 2 2 11
 *
 *     %0 = input(name="x") float32 [4]
 *     %1 = multiply(%0, %0) float32 [4]
 *     %2 = constant(data=[1]) float32 []
 *     %3 = subtract(%1, %2) float32 [4]
 *     %4 = constant(data=[2]) float32 []
 *     %5 = power(%3, %4) float32 [4]
 *     %6 = mean(%5, axes=[0], keep=false) float32 []
 *     return %6
 *
 * @module
 */
import { compile, evaluate, gradients, input } from "relpos";
import { mean, multiply, printGraph, square, subtract, sum, valueOf } from "relpos";
import type { Tensor, Value } from "relpos";

const x = input("x", [4]);
const loss = mean(square(subtract(multiply(x, x), 1)));
// Gradients are graph again: they can be printed, run and differentiated once more.
const [gradient] = gradients(loss, [x]) as [Tensor];
const [second] = gradients(sum(gradient), [x]) as [Tensor];

const numbers = [0, 1, -1, 2];
const [lossValue, exact, curvature] = evaluate(
  [loss, gradient, second],
  new Map([[x, valueOf([4], numbers)]]),
) as [Value, Value, Value];

const program = await compile({ inputs: [x], outputs: { gradient } });
const outputs = await program.run({ x: { shape: [4], data: Float32Array.from(numbers) } });
await program.dispose();

console.log(`loss ${lossValue.data.join()}`);
console.log(`gradient, evaluated:     ${exact.data.join(" ")}`);
console.log(`gradient, ONNX Runtime:  ${outputs["gradient"]?.data.join(" ")}`);
console.log(`second derivatives:      ${curvature.data.join(" ")}`);
console.log(`\n${printGraph([loss])}`);
