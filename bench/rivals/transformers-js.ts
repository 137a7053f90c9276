/**
 * transformers.js with the same weights, from the folder where it is installed: a prompt read and, with the argument
 * "generate", tokens generated greedily after it, behind the protocol of the rivals.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { exportModel } from "../../src/export/export-model.ts";
import { generationModel, generationPrompts, greedyTokens } from "./generation-model.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const [mode, encoding = "alibi", tokens = "256", installed = "."] = process.argv.slice(2);

/** What is used of the package. */
interface TransformersJs {
  readonly env: { localModelPath: string; allowRemoteModels: boolean };
  readonly Tensor: new (type: string, data: BigInt64Array, dims: number[]) => Ids;
  readonly AutoModelForCausalLM: {
    from_pretrained(
      name: string,
      options: object,
    ): Promise<{ generate(options: object): Promise<Ids> }>;
  };
}

interface Ids {
  readonly data: BigInt64Array;
}

const prepare: Prepare = async (shape, threads) => {
  const { batch, length } = shape;
  if (batch !== 1) throw new Error("the export is of one text");
  const require = createRequire(pathToFileURL(join(resolve(installed), "package.json")));
  const library = (await import(
    pathToFileURL(require.resolve("@huggingface/transformers")).href
  )) as TransformersJs;
  const trained = generationModel(shape, encoding);
  const folder = await mkdtemp(join(tmpdir(), "relpos-bench-"));
  await exportModel({ model: trained, format: "onnx", out: folder });
  library.env.localModelPath = dirname(folder);
  library.env.allowRemoteModels = false;
  const model = await library.AutoModelForCausalLM.from_pretrained(basename(folder), {
    ...{ dtype: "fp32", device: "cpu" },
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 },
  });
  await rm(folder, { recursive: true });
  const [prompt] = generationPrompts(shape, Number(tokens)) as [Int32Array];
  const generate = async (count: number): Promise<number[]> => {
    const dims = [1, prompt.length];
    const ids = BigInt64Array.from(prompt, BigInt);
    const result = await model.generate({
      ...{ inputs: new library.Tensor("int64", ids, dims), do_sample: false },
      ...{ max_new_tokens: count, min_new_tokens: count },
      attention_mask: new library.Tensor("int64", new BigInt64Array(ids.length).fill(1n), dims),
    });
    return Array.from(result.data, Number).slice(prompt.length);
  };
  const expected = await greedyTokens(trained, [prompt], 8);
  const found = await generate(8);
  if (found.join() !== expected.map(([id]) => id).join())
    throw new Error(`it continues the prompt with ${found.join()}, relpos with ${expected.join()}`);
  return {
    notes: [`length ${length}`],
    start: () => undefined,
    // The shortest generation is one token, for which the prompt is read and nothing else.
    step: async () => (await generate(mode === "generate" ? Number(tokens) + 1 : 1)).at(-1)!,
  };
};

await serve(prepare);
