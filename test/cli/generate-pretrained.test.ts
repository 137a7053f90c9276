/** `relpos generate --model` with the folder of a pretrained model. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { familyCases } from "../families/decoder-logits.ts";
import { writeCheckpoint } from "../families/made-weights.ts";
import { relpos, workplace } from "./relpos.ts";

const { folder, remove } = workplace("generate-pretrained");
afterAll(remove);
const [llama] = familyCases("llama");
const { config, tensors } = llama!.options;
const model = path.join(folder, "model");
const call = (...args: string[]): ReturnType<typeof relpos> =>
  relpos("generate", "--model", model, "--threads", "1", ...args);

/** A tokenizer of the model's 53 tokens, which begins texts with the token 1. */
const words = ["[UNK]", "<s>", "</s>", ...Array.from({ length: 50 }, (_, n) => `w${n}`)];
const begin = { SpecialToken: { id: "<s>", type_id: 0 } };
const tokenizer = {
  version: "1.0",
  ...{ truncation: null, padding: null, normalizer: null, decoder: null },
  added_tokens: [],
  pre_tokenizer: { type: "Whitespace" },
  post_processor: {
    type: "TemplateProcessing",
    single: [begin, { Sequence: { id: "A", type_id: 0 } }],
    pair: [begin, { Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
  },
  model: {
    type: "WordPiece",
    ...{ unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
};

beforeAll(() => {
  writeCheckpoint(model, { ...config, eos_token_id: [51, 52] }, tensors);
  writeFileSync(path.join(model, "tokenizer.json"), JSON.stringify(tokenizer));
});

test("continues a prompt, and names the family in its JSON", async () => {
  const { code, stdout, stderr } = await call("--prompt", "w1 w2", "--max-tokens", "5", "--json");
  expect([code, stderr]).toEqual([0, ""]);
  const document = JSON.parse(stdout) as { texts: { ids: number[] }[] };
  expect(document).toMatchObject({ run: model, family: "Llama", encoding: "rope" });
  expect(document).toMatchObject({ options: { endTokens: [51, 52], maxTokens: 5 } });
  expect(document.texts[0]!.ids.length).toBeGreaterThan(0);
});

test("refuses a prompt that is longer than the texts of training", async () => {
  const short = path.join(folder, "short");
  writeCheckpoint(short, { ...config, max_position_embeddings: 4 }, tensors);
  writeFileSync(path.join(short, "tokenizer.json"), JSON.stringify(tokenizer));
  const { code, stderr } = await relpos("generate", "--model", short, "--prompt", "w1 w2 w3 w4");
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^relpos: generate: the prompt has 5 tokens, and the model was trained on texts of up to 4\. Shorten it\.\n$/,
  );
});

test("refuses what only runs have", async () => {
  const { code, stderr } = await call("--trial", "rope-1", "--prompt", "a");
  expect(code).toBe(2);
  expect(stderr).toMatch(/is a pretrained model, which has no trials.*Leave the trial out\./);
});

test("computes with weights in few bits, on the processor only", async () => {
  const { code, stdout, stderr } = await call(
    ...["--prompt", "w1 w2", "--max-tokens", "5", "--weights", "int4", "--json"],
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ family: "Llama", weights: "int4" });
  const other = await call("--prompt", "w1", "--weights", "int8", "--device", "cuda");
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringMatching(/--weights int8 has products for the processor only/),
  ]);
  const unknown = await call("--prompt", "w1", "--weights", "int3");
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringMatching(/"int3" is invalid.*float32, int8, int4/),
  ]);
});
