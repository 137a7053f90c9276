/** One decoded token after `length − 1` cached ones, behind the protocol of the rivals. */
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { cacheColumns, decodingGraph } from "../../src/generation/decoding-graph.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { seededRandom } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const encoding = process.argv[2] ?? "none";

const prepare: Prepare = async ({ batch, length, width, heads, layers, vocab }, threads) => {
  const config = transformerConfig({ vocab, model: width, heads, layers });
  const model = languageModel(config, encodingById(encoding), length);
  if (model.encoding.cache.keys === "recompute")
    throw new Error(`${encoding} caches nothing: a new token changes what was kept`);
  const { inputs, outputs, readsTokens } = decodingGraph(model, { sequence: 1 });
  const program = await compile({ inputs, outputs: { logits: outputs["logits"]! } }, { threads });
  const past = length - 1;
  const random = seededRandom(3);
  const drawn = (shape: readonly number[]): HostTensor => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
  });
  const whole = (shape: readonly number[], data: Int32Array): HostTensor => ({ shape, data });
  const feeds: Record<string, HostTensor> = {
    tokens: whole([batch, 1], new Int32Array(batch)),
    positions: whole([1], Int32Array.of(past)),
    keyPositions: whole(
      [length],
      Int32Array.from({ length }, (_, at) => at),
    ),
    ...(readsTokens && { pastTokens: whole([batch, past], new Int32Array(batch * past)) }),
    ...Object.fromEntries(
      cacheColumns(model).flatMap((columns, layer) =>
        columns.map(({ name, heads, width }) => [
          `past.${layer}.${name}`,
          drawn([batch, heads, past, width]),
        ]),
      ),
    ),
    ...Object.fromEntries(
      model.parameters.specs.map((spec) => [
        spec.name,
        { shape: spec.shape, data: initialValues(spec, 1) },
      ]),
    ),
  };
  return {
    notes: [],
    start: () => undefined,
    async step() {
      return (await program.run(feeds))["logits"]!.data[0]!;
    },
  };
};

await serve(prepare);
