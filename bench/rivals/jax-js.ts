/**
 * The rival jax-js (npm @jax-js/jax) on its Wasm device: forward pass, gradient and update in one `jit`.
 *
 * Its functions consume their arguments, so `.ref` marks each use that is not the last. The targets select
 * their logits by a mask, which fuses into the sum; version 0.1.25 does not compile the gradient of
 * `takeAlongAxis` here ("routine primitive scatter input is not imm").
 */
import type { numpy } from "@jax-js/jax";
import { attentionBias, normEpsilon, optimiserSettings, parameterSpecs } from "./gpt-shape.ts";
import type { GptShape, OptimiserName } from "./gpt-shape.ts";
import { fixedBatch, initialValues } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Training } from "./serve.ts";
import { installWebWorkers } from "./web-worker.ts";

type Tensor = numpy.Array;
type Tensors = Record<string, Tensor>;
/** What a step changes: the parameters and, for AdamW, both moments of their gradients. */
type State = { parameters: Tensors; first: Tensors; second: Tensors };

async function prepare(
  shape: GptShape,
  threads: number,
  optimiser: OptimiserName,
): Promise<Training> {
  // jax-js looks for workers when it is loaded, so they have to be there first.
  if (threads > 1) installWebWorkers(threads);
  const jax = await import("@jax-js/jax");
  const { nn, numpy: np, tree } = jax;
  const { batch, length, width, heads, layers, vocab } = shape;
  const headDim = width / heads;

  const norm = (p: Tensors, name: string, x: Tensor): Tensor =>
    nn
      .standardize(x, -1, { epsilon: normEpsilon })
      .mul(p[`${name}.weight`]!)
      .add(p[`${name}.bias`]!);
  const linear = (p: Tensors, name: string, x: Tensor): Tensor =>
    np.dot(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);

  function attend(p: Tensors, name: string, x: Tensor, bias: Tensor): Tensor {
    const project = (part: string, x: Tensor) =>
      linear(p, `${name}.${part}`, x).reshape([batch, length, heads, headDim]);
    const query = project("query", x.ref);
    const key = project("key", x.ref);
    const value = project("value", x);
    const mixed = nn.dotProductAttention(query, key, value, { bias });
    return linear(p, `${name}.output`, mixed.reshape([batch * length, width]));
  }

  function loss(p: Tensors, tokens: Tensor, targets: Tensor, bias: Tensor): Tensor {
    let x = p["embedding.weight"]!.slice(tokens);
    for (let layer = 0; layer < layers; layer++) {
      const attention = `blocks.${layer}.attention`;
      const feedForward = `blocks.${layer}.feedForward`;
      x = x.ref.add(attend(p, attention, norm(p, `${attention}.norm`, x), bias.ref));
      const hidden = linear(p, `${feedForward}.up`, norm(p, `${feedForward}.norm`, x.ref));
      const activated = nn.gelu(hidden, { approximate: false });
      x = x.add(linear(p, `${feedForward}.down`, activated));
    }
    bias.dispose();
    const logits = np.dot(norm(p, "norm", x), p["head.weight"]!);
    const isTarget = targets.reshape([-1, 1]).equal(np.arange(vocab).reshape([1, -1]));
    const targetLogits = np.where(isTarget, logits.ref, 0).sum(-1);
    return nn.logsumexp(logits, -1).sub(targetLogits).mean();
  }

  function descend({ parameters, ...moments }: State, gradients: Tensors): State {
    const { learningRate } = optimiserSettings.sgd;
    const updated: Tensors = {};
    for (const [name, gradient] of Object.entries(gradients))
      updated[name] = parameters[name]!.sub(gradient.mul(learningRate));
    return { parameters: updated, ...moments };
  }

  /** `corrections` holds 1 / (1 - beta^t) of both moments, which start at zero. */
  function adamw(state: State, gradients: Tensors, corrections: Tensor): State {
    const { learningRate, beta1, beta2, epsilon, decay } = optimiserSettings.adamw;
    const after: State = { parameters: {}, first: {}, second: {} };
    const [firstCorrection, secondCorrection] = [corrections.ref.slice(0), corrections.slice(1)];
    for (const [name, gradient] of Object.entries(gradients)) {
      const first = state.first[name]!.mul(beta1).add(gradient.ref.mul(1 - beta1));
      const second = state.second[name]!.mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const deviation = np.sqrt(second.ref.mul(secondCorrection.ref)).add(epsilon);
      const direction = first.ref.mul(firstCorrection.ref).div(deviation);
      const kept = state.parameters[name]!.mul(1 - learningRate * decay);
      after.parameters[name] = kept.sub(direction.mul(learningRate));
      after.first[name] = first;
      after.second[name] = second;
    }
    firstCorrection.dispose();
    secondCorrection.dispose();
    return after;
  }

  const lossAndGradients = jax.valueAndGrad(loss);
  const step = jax.jit(
    (state: State, tokens: Tensor, targets: Tensor, bias: Tensor, corrections: Tensor) => {
      const [loss, gradients] = lossAndGradients(tree.ref(state.parameters), tokens, targets, bias);
      if (optimiser === "adamw") return { loss, state: adamw(state, gradients, corrections) };
      corrections.dispose();
      return { loss, state: descend(state, gradients) };
    },
  );

  const data = fixedBatch(shape);
  const tokens = np.array(data.tokens);
  const targets = np.array(data.targets);
  const bias = np.array(attentionBias(shape)).reshape([1, heads, length, length]);
  const initial = initialValues(shape);
  let state: State | undefined;
  let count = 0;

  return {
    notes:
      threads > 1
        ? [`its web workers run on ${threads} of Node's threads, which it would not find by itself`]
        : [],
    start() {
      tree.dispose(state);
      state = { parameters: {}, first: {}, second: {} };
      count = 0;
      for (const { name, shape: dims } of parameterSpecs(shape)) {
        state.parameters[name] = np.array(initial.get(name)!).reshape([...dims]);
        if (optimiser === "sgd") continue;
        state.first[name] = np.zeros([...dims]);
        state.second[name] = np.zeros([...dims]);
      }
    },
    async step() {
      count++;
      const { beta1, beta2 } = optimiserSettings.adamw;
      const corrections = np.array([1 / (1 - beta1 ** count), 1 / (1 - beta2 ** count)]);
      const result = step(state!, tokens.ref, targets.ref, bias.ref, corrections);
      state = result.state;
      // One step at a time: letting steps queue up is slower (jax-js issue 151).
      await jax.blockUntilReady(state);
      return (await result.loss.data())[0]!;
    },
  };
}

await serve(prepare);
