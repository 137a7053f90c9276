/** A prompt read and, with the argument "generate", tokens generated greedily after it, behind the protocol of the rivals. */
import { encodingById } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { likeliest } from "../../src/generation/choose-token.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import "../../src/runtime/node.ts";
import { seededRandom } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const [mode, encoding = "alibi", tokens = "256"] = process.argv.slice(2);

const prepare: Prepare = async ({ batch, length, width, heads, layers, vocab }, threads) => {
  const config = transformerConfig({ vocab, model: width, heads, layers });
  const model = languageModel(config, encodingById(encoding), length);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  const decoder = await compileDecoder({ model, weights }, { threads });
  const random = seededRandom(3);
  const prompts = Array.from({ length: batch }, () =>
    Int32Array.from({ length: length - Number(tokens) }, () => Math.floor(random() * vocab)),
  );
  return {
    notes: [],
    start: () => undefined,
    async step() {
      let { data } = await decoder.prefill(prompts);
      for (let token = 0; mode === "generate" && token < Number(tokens); token++) {
        const next = prompts.map((_, row) =>
          likeliest(data.subarray(row * vocab, (row + 1) * vocab)),
        );
        ({ data } = await decoder.step(next));
      }
      return data[0]!;
    },
  };
};

await serve(prepare);
