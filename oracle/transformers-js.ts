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

interface ModelClass {
  from_pretrained(name: string, options: object): Promise<Model>;
}

interface Numbers {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

interface EncoderClass {
  from_pretrained(
    name: string,
    options: object,
  ): Promise<
    ((inputs: object) => Promise<{ logits?: Numbers; last_hidden_state?: Numbers }>) & {
      dispose(): Promise<unknown>;
    }
  >;
}

interface Package {
  readonly env: { version: string; localModelPath: string; allowRemoteModels: boolean };
  readonly AutoModelForCausalLM: ModelClass;
  readonly AutoModelForSeq2SeqLM: ModelClass;
  readonly AutoModel: EncoderClass;
  readonly AutoModelForMaskedLM: EncoderClass;
  pipeline(
    task: string,
    name: string,
    options: object,
  ): Promise<
    ((text: string, options: object) => Promise<readonly { generated_text: string }[]>) & {
      dispose(): Promise<unknown>;
    }
  >;
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

/** An encoder-decoder and its tokenizer. */
export interface OpenedPair {
  /**
   * The ids of `count` tokens of each target, the likeliest each time that repeats no pair of tokens; shorter texts are padded
   * on a side.
   */
  generate(texts: readonly string[], count: number, side: "left" | "right"): Promise<number[][]>;
  dispose(): Promise<void>;
}

/** What is used of the library. */
export interface TransformersJs {
  readonly version: string;
  open(folder: string): Promise<OpenedFolder>;
  /** @param special whether the tokenizer puts its tokens around a text */
  openPair(folder: string, special: boolean): Promise<OpenedPair>;
  /** The numbers of each text's tokens, several texts at once: logits where `head` says so, else hidden states. */
  encode(folder: string, texts: readonly string[], head: boolean): Promise<Float32Array[]>;
  /** The text that the pipeline `text2text-generation` writes with no option but the most tokens. */
  written(folder: string, text: string, count: number): Promise<string>;
}

const options = { device: "cpu", session_options: { logSeverityLevel: 3 } } as const;

/** Ids without the first ones of each row. */
function rowsBehind({ data, dims }: Ids, before: number): number[][] {
  const [rows, length] = dims as [number, number];
  return Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * length + before, (row + 1) * length), Number),
  );
}

/** Loads the library of a folder. */
export async function loadTransformersJs(installed: string): Promise<TransformersJs> {
  const require = createRequire(pathToFileURL(path.join(path.resolve(installed), "package.json")));
  const library = (await import(
    pathToFileURL(require.resolve("@huggingface/transformers")).href
  )) as Package;
  const { env, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, pipeline } = library;
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
      const model = await AutoModelForCausalLM.from_pretrained(name, options);
      return {
        async generate(texts, count) {
          const inputs = tokenizer(texts, { padding: true, add_special_tokens: false });
          const ids = await model.generate({
            ...{ ...inputs, do_sample: false, max_new_tokens: count, min_new_tokens: count },
            eos_token_id: null,
          });
          return rowsBehind(ids, inputs.input_ids.dims[1]!);
        },
        async dispose() {
          await model.dispose();
        },
      };
    },
    async openPair(folder, special) {
      env.localModelPath = path.dirname(folder);
      const name = path.basename(folder);
      const tokenizer = await AutoTokenizer.from_pretrained(name);
      tokenizer.pad_token ??= "[UNK]";
      tokenizer.pad_token_id ??= 0;
      const model = await AutoModelForSeq2SeqLM.from_pretrained(name, options);
      return {
        async generate(texts, count, side) {
          tokenizer.padding_side = side;
          const inputs = tokenizer(texts, { padding: true, add_special_tokens: special });
          const ids = await model.generate({
            ...{ ...inputs, do_sample: false, max_new_tokens: count },
            ...{ eos_token_id: null, forced_eos_token_id: null, no_repeat_ngram_size: 2 },
          });
          return rowsBehind(ids, 1);
        },
        async dispose() {
          await model.dispose();
        },
      };
    },
    async encode(folder, texts, head) {
      env.localModelPath = path.dirname(folder);
      const name = path.basename(folder);
      const tokenizer = await AutoTokenizer.from_pretrained(name);
      tokenizer.pad_token ??= "[UNK]";
      tokenizer.pad_token_id ??= 0;
      const kind = head ? library.AutoModelForMaskedLM : library.AutoModel;
      const model = await kind.from_pretrained(name, options);
      const tokenized = { padding: true, add_special_tokens: false };
      const lengths = texts.map((text) => tokenizer([text], tokenized).input_ids.dims[1]!);
      const found = await model(tokenizer(texts, tokenized));
      const { data, dims } = (head ? found.logits : found.last_hidden_state)!;
      await model.dispose();
      const [, columns, width] = dims as [number, number, number];
      return lengths.map((length, row) =>
        data.slice(row * columns * width, (row * columns + length) * width),
      );
    },
    async written(folder, text, count) {
      env.localModelPath = path.dirname(folder);
      const write = await pipeline("text2text-generation", path.basename(folder), options);
      const [first] = await write(text, { max_new_tokens: count });
      await write.dispose();
      return first!.generated_text;
    },
  };
}
