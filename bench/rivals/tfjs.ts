/**
 * The rival TensorFlow.js (npm @tensorflow/tfjs) on its Wasm backend with SIMD.
 *
 * The library has no Wasm kernel for the gradient of `gather`, and its products with a transposed operand
 * leave XNNPACK for a plain loop (2.6 and 0.6 instead of 28 GFLOP/s). Three gradients are therefore
 * written out here; without them it would not train, or at a fraction of its speed.
 */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { attentionBias, normEpsilon, optimiserSettings, parameterSpecs } from "./gpt-shape.ts";
import type { GptShape, OptimiserName } from "./gpt-shape.ts";
import { fixedBatch, initialValues } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Training } from "./serve.ts";

type Rows = tf.Tensor2D;

/** Rows of the table, and the gradient by a scatter that adds up rows chosen more than once. */
function embed(table: Rows, tokens: tf.Tensor1D): Rows {
  const operation = tf.customGrad((rows) => ({
    value: tf.gather(rows as Rows, tokens),
    gradFunc: (dy: tf.Tensor) => tf.scatterND(tokens.reshape([-1, 1]), dy, table.shape),
  }));
  return operation(table) as Rows;
}

/** x weight + bias, with both transposes of the gradient made explicit so that XNNPACK multiplies. */
function linear(x: Rows, weight: Rows, bias: tf.Tensor1D | undefined): Rows {
  const product = tf.customGrad((x, weight, save) => {
    const [rows, matrix, remember] = [x as Rows, weight as Rows, save as tf.GradSaveFunc];
    remember([rows, matrix]);
    return {
      value: tf.matMul(rows, matrix),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        tf.matMul(dy, tf.transpose(saved[1] as Rows)),
        tf.matMul(tf.transpose(saved[0] as Rows), dy),
      ],
    };
  });
  const y = product(x, weight) as Rows;
  return bias ? y.add(bias) : y;
}

/** x (1 + erf(x / sqrt 2)) / 2. */
function gelu(x: Rows): Rows {
  return x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1));
}

function norm(x: Rows, weight: tf.Tensor1D, bias: tf.Tensor1D): Rows {
  const centred = x.sub(x.mean(-1, true));
  const scale = tf.rsqrt(centred.square().mean(-1, true).add(normEpsilon));
  return centred.mul(scale).mul(weight).add(bias);
}

async function prepare(
  shape: GptShape,
  threads: number,
  optimiserName: OptimiserName,
): Promise<Training> {
  setThreadsCount(threads);
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs: its Wasm backend did not start.");
  const { batch, length, width, heads, layers, vocab } = shape;
  const headDim = width / heads;
  const specs = parameterSpecs(shape);
  const initial = initialValues(shape);
  const data = fixedBatch(shape);
  const tokens = tf.tensor1d(data.tokens, "int32");
  const targets = tf.tensor1d(data.targets, "int32");
  const bias = tf.tensor(attentionBias(shape), [1, heads, length, length]);
  const parameters = new Map<string, tf.Variable>();
  const vector = (name: string) => parameters.get(name) as unknown as tf.Tensor1D;
  const matrix = (name: string) => parameters.get(name) as unknown as Rows;

  const dense = (name: string, x: Rows) =>
    linear(x, matrix(`${name}.weight`), vector(`${name}.bias`));
  const normed = (name: string, x: Rows) =>
    norm(x, vector(`${name}.weight`), vector(`${name}.bias`));

  function attend(name: string, x: Rows): Rows {
    const split = (part: string) =>
      dense(`${name}.${part}`, x).reshape([batch, length, heads, headDim]).transpose([0, 2, 1, 3]);
    const query = split("query").mul(headDim ** -0.5);
    const scores = tf.matMul(query, split("key"), false, true).add(bias);
    const mixed = tf.matMul(tf.softmax(scores), split("value"));
    return dense(`${name}.output`, mixed.transpose([0, 2, 1, 3]).reshape([-1, width]));
  }

  function loss(): tf.Scalar {
    let x = embed(matrix("embedding.weight"), tokens);
    for (let layer = 0; layer < layers; layer++) {
      const attention = `blocks.${layer}.attention`;
      const feedForward = `blocks.${layer}.feedForward`;
      x = x.add(attend(attention, normed(`${attention}.norm`, x)));
      const hidden = dense(`${feedForward}.up`, normed(`${feedForward}.norm`, x));
      x = x.add(dense(`${feedForward}.down`, gelu(hidden)));
    }
    const logits = linear(normed("norm", x), matrix("head.weight"), undefined);
    return tf.losses.softmaxCrossEntropy(tf.oneHot(targets, vocab), logits);
  }

  let optimiser: tf.Optimizer | undefined;
  return {
    notes: threads > 1 ? ["one thread: in Node its Wasm backend does not start more"] : [],
    start() {
      optimiser?.dispose();
      for (const { name, shape: dims } of specs) {
        parameters.get(name)?.dispose();
        parameters.set(name, tf.variable(tf.tensor(initial.get(name)!, [...dims])));
      }
      const { sgd, adamw } = optimiserSettings;
      optimiser =
        optimiserName === "sgd"
          ? tf.train.sgd(sgd.learningRate)
          : tf.train.adam(adamw.learningRate, adamw.beta1, adamw.beta2, adamw.epsilon);
    },
    async step() {
      const { value, grads } = tf.variableGrads(loss);
      if (optimiserName === "adamw") {
        // The library has Adam only; decoupled decay shrinks the parameters before it moves them.
        const { learningRate, decay } = optimiserSettings.adamw;
        for (const parameter of parameters.values())
          tf.tidy(() => parameter.assign(parameter.mul(1 - learningRate * decay)));
      }
      optimiser!.applyGradients(grads);
      const result = (await value.data())[0]!;
      tf.dispose([value, grads]);
      return result;
    },
  };
}

await serve(prepare);
