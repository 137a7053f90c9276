/**
 * A text that every runtime decodes with the same weights: a prompt for two rows, and tokens after it.
 *
 * It imports no runtime: the page hands in the browser's `compile`, a test hands in Node's.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { Compile, CompileOptions } from "../../src/runtime/session.ts";

const vocab = 400;
const steps = 6;

/** The logits after the prompt and after each token, of a 2-layer model of width 32 with a table of 50 KB. */
export async function decodeExample(
  encoding: string,
  compile: Compile,
  options: CompileOptions,
): Promise<number[]> {
  const config = transformerConfig({ vocab, model: 32, heads: 4, layers: 2 });
  const model = languageModel(config, encodingById(encoding), 32);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 3) },
    ]),
  );
  const decoder = await compileDecoder({ model, weights }, { ...options, compile });
  try {
    const found = [...(await decoder.prefill([[11, 399, 7, 250, 3], [42]])).data];
    for (let step = 0; step < steps; step++)
      found.push(...(await decoder.step([(step * 37) % vocab, (step * 91) % vocab])).data);
    decoder.rollback();
    found.push(...(await decoder.step([5, 6])).data);
    return found;
  } finally {
    await decoder.dispose();
  }
}
