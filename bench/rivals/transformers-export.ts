/**
 * A decoder-only model in a folder that transformers.js 4 opens: float32, weights as constants of the graph, one text without
 * padding.
 *
 * Inputs are int64 `input_ids`, `attention_mask` (which one text without padding does not need) and
 * `past_key_values.N.key|value`; outputs are `logits` and `present.N.key|value`. Positions are computed in the graph, so any
 * encoding may be called a Llama.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheColumns } from "../../src/generation/decoding-graph.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { forward } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { opset } from "../../src/onnx/devices.ts";
import { GraphWriter } from "../../src/onnx/graph-writer.ts";
import { encode, modelMessage } from "../../src/onnx/protobuf.ts";
import { slice } from "../../src/operators/slicing.ts";
import { input, inputName, range } from "../../src/operators/source.ts";
import type { ElementType } from "../../src/onnx/attributes.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Shape } from "../../src/tensor/shape.ts";

const int32 = 6;

/**
 * Writes the folder.
 *
 * @throws {Error} the encoding needs more of a cache than keys and values
 */
export async function exportForTransformersJs(
  { model, weights }: TrainedModel,
  folder: string,
): Promise<void> {
  const { layers, vocab, model: width, heads, keyValueHeads, headDim } = model.config;
  const config = {
    ...{ model_type: "llama", architectures: ["LlamaForCausalLM"], vocab_size: vocab },
    ...{ hidden_size: width, num_hidden_layers: layers, head_dim: headDim },
    ...{ num_attention_heads: heads, num_key_value_heads: keyValueHeads },
  };
  await mkdir(join(folder, "onnx"), { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeFile(join(folder, "generation_config.json"), "{}");
  await writeFile(join(folder, "onnx", "model.onnx"), modelBytes(model, weights));
}

function modelBytes(model: LanguageModel, weights: TrainedModel["weights"]): Uint8Array {
  const tokens = input("tokens", ["batch_size", "sequence"], "int32");
  const keys = range("past+sequence");
  const past = pastOf(model);
  const { logits, present } = forward(model, {
    tokens,
    positions: { tensor: slice(keys, 0, "past", "sequence"), consecutive: true },
    past: { layers: past, keyPositions: { tensor: keys, consecutive: true } },
  });
  const cache = past.flatMap(({ key, value }) => [key, value]);
  const inputs: { name: string; elementType: ElementType; shape: Shape }[] = [
    { name: "input_ids", elementType: "int64", shape: tokens.shape },
    { name: "attention_mask", elementType: "int64", shape: ["batch_size", "total"] },
    ...cache.map((tensor) => ({
      ...{ name: inputName(tensor)!, elementType: "float32" as const, shape: tensor.shape },
    })),
  ];
  const outputs: Record<string, Tensor> = { logits };
  present.forEach(({ key, value }, layer) => {
    outputs[`present.${layer}.key`] = key;
    outputs[`present.${layer}.value`] = value;
  });
  const writer = new GraphWriter("cpu");
  writer.reserve([...inputs.map(({ name }) => name), ...Object.keys(outputs)]);
  writer.declare(tokens, writer.node("Cast", ["input_ids"], { to: int32 })[0]!);
  for (const tensor of cache) writer.declare(tensor, inputName(tensor)!);
  for (const { name, shape } of model.parameters.specs)
    writer.declare(
      model.parameters.get(name),
      writer.tensor(shape, "float32", weights.get(name)!.data),
    );
  writer.bindInputSymbols(inputs);
  const names = writer.inline(Object.values(outputs), new Map());
  const results = Object.entries(outputs).map(([name, { dtype, shape }], at) => {
    writer.rename(names[at]!, name);
    return { name, elementType: dtype, shape };
  });
  return encode(
    modelMessage({
      irVersion: opset.irVersion,
      producerVersion: "1",
      opsets: [
        { domain: "", version: opset.onnx },
        { domain: "com.microsoft", version: opset.contrib },
      ],
      graph: writer.finish("relpos", { inputs, outputs: results }),
    }),
  );
}

function pastOf(model: LanguageModel): { readonly key: Tensor; readonly value: Tensor }[] {
  const { cache, sampling } = model.encoding;
  if (cache.keys === "recompute" || cache.keys === "rewritten" || cache.tokens || sampling)
    throw new Error(
      `${model.encoding.id}: a folder for transformers.js keeps keys and values only`,
    );
  return cacheColumns(model).map((columns, layer) => {
    const of = (wanted: "key" | "value"): Tensor => {
      const { heads, width } = columns.find(({ name }) => name === wanted)!;
      return input(`past_key_values.${layer}.${wanted}`, ["batch_size", heads, "past", width]);
    };
    if (columns.length > 2)
      throw new Error(`${model.encoding.id}: it keeps more of a token than key and value`);
    return { key: of("key"), value: of("value") };
  });
}
