/** The model and the prompts of the generation benchmark. */
import { encodingById } from "../../src/encodings/index.ts";
import { likeliest } from "../../src/generation/choose-token.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import "../../src/runtime/node.ts";
import type { GptShape } from "./gpt-shape.ts";
import { seededRandom } from "./gpt-values.ts";

/** A GPT of that shape with first values as weights; with the encoding "llama", blocks are Llama's, and positions `rope`. */
export function generationModel(
  { length, width, heads, layers, vocab }: GptShape,
  encoding: string,
): TrainedModel {
  const isLlama = encoding === "llama";
  const blocks = isLlama ? ({ norm: "rms", activation: "swiglu", bias: false } as const) : {};
  const config = transformerConfig({ vocab, model: width, heads, layers, ...blocks });
  const model = languageModel(config, encodingById(isLlama ? "rope" : encoding), length);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  return { model, weights };
}

/** Prompts that leave room for `tokens` tokens, the same for every program. */
export function generationPrompts(
  { batch, length, vocab }: GptShape,
  tokens: number,
): Int32Array[] {
  const random = seededRandom(3);
  return Array.from({ length: batch }, () =>
    Int32Array.from({ length: length - tokens }, () => Math.floor(random() * vocab)),
  );
}

/** `count` tokens behind the prompts, the likeliest each time: `[token][row]`. */
export async function greedyTokens(
  trained: TrainedModel,
  prompts: readonly Int32Array[],
  count: number,
): Promise<number[][]> {
  const { vocab } = trained.model.config;
  const decoder = await compileDecoder(trained);
  const found: number[][] = [];
  let { data } = await decoder.prefill(prompts);
  while (found.length < count) {
    const next = prompts.map((_, row) => likeliest(data.subarray(row * vocab, (row + 1) * vocab)));
    found.push(next);
    ({ data } = await decoder.step(next));
  }
  await decoder.dispose();
  return found;
}
