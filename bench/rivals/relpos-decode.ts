/** One decoded token after `length − 1` cached ones, behind the protocol of the rivals. */
import { encodingById } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import "../../src/runtime/node.ts";
import { seededRandom } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const encoding = process.argv[2] ?? "none";

const prepare: Prepare = async ({ batch, length, width, heads, layers, vocab }, threads) => {
  const config = transformerConfig({ vocab, model: width, heads, layers });
  const model = languageModel(config, encodingById(encoding), length);
  if (model.encoding.cache.keys === "recompute")
    throw new Error(`${encoding} caches nothing: a new token changes what was kept`);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  const decoder = await compileDecoder(
    { model, weights },
    // Token by token, so that reading the prompt does not set the peak of memory.
    { threads, maxLength: length, pieceLength: 1 },
  );
  const random = seededRandom(3);
  const prompt = (): Int32Array =>
    Int32Array.from({ length: length - 1 }, () => Math.floor(random() * vocab));
  await decoder.prefill(Array.from({ length: batch }, prompt));
  const next = new Int32Array(batch);
  let stepped = false;
  return {
    notes: [],
    start: () => undefined,
    // Every step reads the same token after the same cache.
    async step() {
      if (stepped) decoder.rollback();
      stepped = true;
      return (await decoder.step(next)).data[0]!;
    },
  };
};

await serve(prepare);
