/** transformers.js, from the folder where it is installed. */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

interface Ids {
  readonly dims: readonly number[];
  readonly data: BigInt64Array;
}

interface Model {
  generate(options: object): Promise<Ids>;
  dispose(): Promise<unknown>;
}

interface Package {
  readonly env: { version: string; localModelPath: string; allowRemoteModels: boolean };
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: object): Promise<Model>;
  };
  readonly AutoTokenizer: {
    from_pretrained(name: string): Promise<
      ((texts: readonly string[], options: object) => { readonly input_ids: Ids }) & {
        pad_token: string | null;
        pad_token_id: number | null;
        padding_side: string;
      }
    >;
  };
}

/** A model and its tokenizer. */
export interface OpenedFolder {
  /** The ids of `count` tokens after each text, the likeliest each time; shorter texts are padded on the left. */
  generate(texts: readonly string[], count: number): Promise<number[][]>;
  dispose(): Promise<void>;
}

/** What is used of the library. */
export interface TransformersJs {
  readonly version: string;
  open(folder: string): Promise<OpenedFolder>;
}

/** Loads the library of a folder. */
export async function loadTransformersJs(installed: string): Promise<TransformersJs> {
  const require = createRequire(pathToFileURL(path.join(path.resolve(installed), "package.json")));
  const { env, AutoModelForCausalLM, AutoTokenizer } = (await import(
    pathToFileURL(require.resolve("@huggingface/transformers")).href
  )) as Package;
  env.allowRemoteModels = false;
  return {
    version: env.version,
    async open(folder) {
      env.localModelPath = path.dirname(folder);
      const name = path.basename(folder);
      const tokenizer = await AutoTokenizer.from_pretrained(name);
      // Some checkpoints have no token of padding; any serves, since the mask hides it.
      tokenizer.pad_token ??= "[UNK]";
      tokenizer.pad_token_id ??= 0;
      tokenizer.padding_side = "left";
      const model = await AutoModelForCausalLM.from_pretrained(name, {
        device: "cpu",
        session_options: { logSeverityLevel: 3 },
      });
      return {
        async generate(texts, count) {
          const options = { padding: true, add_special_tokens: false };
          const inputs = tokenizer(texts, options);
          const { data, dims } = await model.generate({
            ...{ ...inputs, do_sample: false, max_new_tokens: count, min_new_tokens: count },
            eos_token_id: null,
          });
          const [rows, length] = dims as [number, number];
          const before = inputs.input_ids.dims[1]!;
          return Array.from({ length: rows }, (_, row) =>
            Array.from(data.subarray(row * length + before, (row + 1) * length), Number),
          );
        },
        async dispose() {
          await model.dispose();
        },
      };
    },
  };
}
