/** Pairs as one sequence for a decoder-only model: what has a loss, and that training, evaluation and writing read the same layout. */
import { describe, expect, test } from "vitest";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import {
  sequenceLength,
  sequencePrompt,
  sequenceRows,
} from "../../src/data/pairs/pair-sequences.ts";
import type { EncodedPair } from "../../src/data/pairs/pair-tokens.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { sequenceLossEvaluator } from "../../src/evaluation/sequences.ts";
import { targetsOf } from "../../src/generation/targets-of.ts";
import { textTargets } from "../../src/generation/translate.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { constant } from "../../src/operators/source.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { sequenceTraining } from "../../src/training/sequence-objective.ts";
import { train } from "../../src/training/train.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { positionsFrom } from "../model/small-model.ts";

/** Nine letters; tokens 9 and 10 begin and end a target. */
const tokenizer = charTokenizer("abcdefghi");
const symbols = { begin: 9, end: 10 };
const pair = (source: readonly number[], target: readonly number[]): EncodedPair => ({
  source: Int32Array.of(...source, symbols.end),
  target: Int32Array.of(...target, symbols.end),
});
const pairs = [pair([1, 2, 3], [4, 5]), pair([6], [7, 8, 0]), pair([2, 2], [1])];

function trainedModel(encoding: string, deviation?: number): TrainedModel {
  const config = transformerConfig({ vocab: 11, model: 24, heads: 3, layers: 2 });
  const model = languageModel(config, encodingById(encoding), 8);
  const weights = new Map(
    model.parameters.specs.map((spec) => {
      const { name, shape } = spec;
      const size = shape.reduce((product, length) => product * length, 1);
      const first = Float32Array.from(initialValues(spec, 1));
      const drawn = deviation !== undefined && shape.length > 1;
      const data = drawn ? Float32Array.from(random(3, name).normalArray(size, deviation)) : first;
      return [name, { shape, data }];
    }),
  );
  return { model, weights };
}

test("a row has source, begin and target; only tokens of the target and its end count", () => {
  expect(sequencePrompt(pairs[0]!.source, symbols.begin)).toEqual([1, 2, 3, 9]);
  expect(pairs.map(sequenceLength)).toEqual([6, 5, 4]);
  const lengths = { source: 6, target: 4 };
  const rows = sequenceRows(pairs, { batch: 3, lengths, pairs: [0, 1] }, symbols.begin);
  expect(rows.tokens.shape).toEqual([3, 6]);
  expect([...rows.tokens.data]).toEqual([1, 2, 3, 9, 4, 5, 6, 9, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(rows.next.shape).toEqual([3, 4]);
  expect([...rows.next.data]).toEqual([4, 5, 10, 0, 7, 8, 0, 10, 0, 0, 0, 0]);
  // Where the symbol between and the target's tokens are read, over all rows.
  expect([...rows.places.data]).toEqual([3, 4, 5, 0, 7, 8, 9, 10, 0, 0, 0, 0]);
  expect([...rows.weights.data]).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0]);
  const three = { batch: 1, lengths, pairs: [0, 1] };
  const micro = sequenceRows(pairs, three, symbols.begin, 3);
  expect(micro.places.shape).toEqual([3, 1, 4]);
  // Each micro-batch counts from its own first token.
  expect([...micro.places.data]).toEqual([3, 4, 5, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
});

describe.each(["rope", "alibi", "learned", "none"])("%s", (encoding) => {
  test("the loss is that of all logits, of which those of target tokens are taken", async () => {
    const { model, weights } = trainedModel(encoding, 0.7);
    const request = { pairs, begin: symbols.begin, compile };
    const evaluator = await sequenceLossEvaluator(model, request);
    const { byPair } = await evaluator.lossesOf(weights);
    await evaluator.dispose();
    const values = new Map<Tensor, Value>();
    for (const [name, tensor] of model.parameters.entries()) {
      const { shape, data } = weights.get(name)!;
      values.set(tensor, { shape, data: Float64Array.from(data) });
    }
    pairs.forEach(({ source, target }, at) => {
      const read = [...sequencePrompt(source, symbols.begin), ...target.slice(0, -1)];
      const tokens = constant([1, read.length], read, "int32");
      const { logits } = forward(model, { tokens, positions: positionsFrom(0, read.length) });
      const [{ data }] = evaluate([logits], values) as [Value];
      let nats = 0;
      target.forEach((id, place) => {
        const from = 11 * (source.length - 1 + place);
        const row = data.slice(from, from + 11);
        nats += Math.log(row.reduce((sum, each) => sum + Math.exp(each), 0)) - row[id]!;
      });
      expect(byPair[at]).toBeCloseTo(nats, 4);
    });
  });

  test("the first loss of training is that of the evaluation, in whatever batches", async () => {
    const { model, weights } = trainedModel(encoding);
    const request = { pairs, begin: symbols.begin, compile };
    for (const tokensAtOnce of [1, 100]) {
      const evaluator = await sequenceLossEvaluator(model, { ...request, tokensAtOnce });
      const { nats, byPair, tokens } = await evaluator.lossesOf(weights);
      await evaluator.dispose();
      expect(tokens).toBe(9);
      expect(byPair.reduce((sum, each) => sum + each, 0) / 9).toBeCloseTo(nats, 12);
      for (const accumulate of [1, 3]) {
        const batching = { batch: 3 / accumulate, accumulate, shapes: 1, begin: symbols.begin };
        const { objective, batches } = sequenceTraining(model, pairs, batching);
        const plan = { steps: 1, learningRate: 1e-3, accumulate };
        let first = NaN;
        const onStep = ({ loss }: { readonly loss: number }): void => void (first = loss);
        await train({ objective, batches, plan, weights, compile, onStep });
        expect(first).toBeCloseTo(nats, 5);
      }
    }
  });

  test("the likeliest first token of the evaluation is what is written, alone or in a batch", async () => {
    const trained = trainedModel(encoding, 0.7);
    const sources = ["bcd", "g", "ccfa"];
    const expected: string[] = [];
    for (const source of sources) {
      const ids = [...tokenizer.encode(source)];
      const all = Array.from({ length: 11 }, (_, id): EncodedPair => ({
        source: pair(ids, []).source,
        target: Int32Array.of(id),
      }));
      const evaluator = await sequenceLossEvaluator(trained.model, {
        ...{ pairs: all, begin: symbols.begin, compile },
      });
      const { byPair } = await evaluator.lossesOf(trained.weights);
      await evaluator.dispose();
      const allowed = [...byPair.keys()].filter((id) => id !== symbols.begin);
      const best = allowed.reduce((a, b) => (byPair[b]! < byPair[a]! ? b : a));
      expected.push(best === symbols.end ? "" : "abcdefghi"[best]!);
    }
    const model = textTargets({ ...trained, tokenizer, symbols });
    for (const batchSize of [1, 3]) {
      const found: string[] = [];
      for await (const { text } of targetsOf(
        model,
        sources,
        { maxTokens: 1, batchSize },
        { compile },
      ))
        found.push(text);
      expect(found).toEqual(expected);
    }
  });
});

test("ids outside the vocabulary and empty sides are refused", () => {
  const { model } = trainedModel("rope");
  const with_ = (one: EncodedPair) => () =>
    sequenceTraining(model, [one], { batch: 1, begin: symbols.begin });
  expect(with_(pair([11], [1]))).toThrow(/token 0 of the source of pair 0/);
  expect(with_({ source: Int32Array.of(), target: Int32Array.of(1) })).toThrow(/has no tokens/);
  expect(() => sequenceTraining(model, [], { batch: 1, begin: 9 })).toThrow(/no pairs/);
});
