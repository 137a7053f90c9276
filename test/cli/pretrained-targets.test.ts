/** `relpos translate`, `summarise` and `answer` with folders of pretrained encoder-decoders. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { livelyFile } from "../families/made-weights.ts";
import type { NamedShape } from "../families/made-weights.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { readGolden } from "../golden/golden.ts";
import { relpos, workplace } from "./relpos.ts";

const { folder, remove } = workplace("pretrained-targets");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);

interface Case {
  readonly name: string;
  readonly options: {
    readonly config: object;
    readonly tensors: readonly NamedShape[];
  };
}

/** Tokens 0 to 2 are marks, of which `</s>`, 2, is behind each text, and so is `<mask>`, 53, which the table has no row for. */
function lively(name: string): string {
  const cases = readGolden("pair-families").cases as unknown as readonly Case[];
  const { config, tensors } = cases.find((each) => each.name === name)!.options;
  const place = at(name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "config.json"), JSON.stringify(config));
  writeFileSync(path.join(place, "model.safetensors"), livelyFile(tensors));
  const plain = path.join(familyFolder(folder, name, {}, "pair-families"), "tokenizer.json");
  const document = JSON.parse(readFileSync(plain, "utf8")) as object;
  const marks = [
    ["[UNK]", 0],
    ["<s>", 1],
    ["</s>", 2],
    ["<mask>", 53],
  ] as const;
  const added = marks.map(([content, id]) => ({
    ...{ id, content, special: true, normalized: false },
    ...{ single_word: false, lstrip: false, rstrip: false },
  }));
  const [text, end] = [
    { Sequence: { id: "A", type_id: 0 } },
    { SpecialToken: { id: "</s>", type_id: 0 } },
  ];
  const behind = {
    ...{ type: "TemplateProcessing", single: [text, end], pair: [text, end] },
    special_tokens: { "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] } },
  };
  writeFileSync(
    path.join(place, "tokenizer.json"),
    JSON.stringify({ ...document, added_tokens: added, post_processor: behind }),
  );
  return place;
}

interface Line {
  readonly text: string;
  readonly ids: readonly number[];
  readonly ended: string;
}

const lineOf = (stdout: string): Line => JSON.parse(stdout) as Line;

describe("a pretrained model", () => {
  test.each([
    ["translate", "marian", ["w1 w2 w3"]],
    ["summarise", "bart", ["w1 w2 w3 w4 w5", "--beams", "4"]],
    ["translate", "t5", ["w7 w1 w2 w3", "--no-repeat-ngram", "2"]],
  ])("%s with %s", async (command, name, given) => {
    const call = ["--model", lively(name), "--max-tokens", "9", "--threads", "1", "--json"];
    const { code, stdout, stderr } = await relpos(command, ...given, ...call);
    expect(code, stderr).toBe(0);
    const { ids, text } = lineOf(stdout);
    expect(ids.length).toBeGreaterThan(0);
    // Marks are no text.
    const words = ids.filter((id) => id > 2).map((id) => `w${id - 3}`);
    expect(text).toBe(words.join(" "));
  });

  test("answers with the source that T5 was trained on", async () => {
    const model = lively("t5");
    const call = ["--model", model, "--max-tokens", "5", "--threads", "1", "--json"];
    const asked = await relpos("answer", "--question", "w1 w2", "--context", "w3", ...call);
    const same = await relpos("translate", "question: w1 w2 context: w3", ...call);
    expect(asked.code, asked.stderr).toBe(0);
    expect(lineOf(asked.stdout).ids).toEqual(lineOf(same.stdout).ids);
  });

  test.each<[string, (place: string) => void, RegExp]>([
    [
      "no row for a mark",
      () => undefined,
      /text 1: it has the mark "<mask>", for which the model has no row\. Leave/,
    ],
    [
      "no row for a word",
      (place) => {
        const file = path.join(place, "tokenizer.json");
        const text = readFileSync(file, "utf8");
        writeFileSync(file, text.replace('"<mask>","special":true', '"<mask>","special":false'));
      },
      /has token ids up to 53, and the model's table of tokens has 53 rows/,
    ],
    [
      "no tokenizer",
      (place) => rmSync(path.join(place, "tokenizer.json")),
      /has no tokenizer\.json, which texts need\. Copy or download it; where the model has none \(Marian/,
    ],
    [
      "a weight that is NaN",
      (place) => {
        const file = path.join(place, "model.safetensors");
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.fill(0xff, bytes.length - 4));
      },
      /NaN/,
    ],
    [
      "a decoder",
      (place) => writeFileSync(path.join(place, "config.json"), '{"model_type":"llama"}'),
      /has a pretrained model that is no encoder-decoder\. Give the folder of an encoder-decoder \(T5, mT5, BART/,
    ],
  ])("with %s is refused in one sentence", async (_, change, message) => {
    const place = lively("bart-scaled");
    change(place);
    const { code, stdout, stderr } = await relpos("summarise", "--model", place, "w1 <mask>");
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
