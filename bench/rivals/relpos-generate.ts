/** A prompt read and, with the argument "generate", tokens generated greedily after it, behind the protocol of the rivals. */
import { likeliest } from "../../src/generation/choose-token.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { generationModel, generationPrompts } from "./generation-model.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const [mode, encoding = "alibi", tokens = "256"] = process.argv.slice(2);

const prepare: Prepare = async (shape, threads) => {
  const { vocab } = shape;
  const decoder = await compileDecoder(generationModel(shape, encoding), { threads });
  const prompts = generationPrompts(shape, Number(tokens));
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
