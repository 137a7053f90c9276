/** Commands that take a language model say the same of a folder that has another kind of model. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { relpos, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("pretrained-kinds");
afterAll(remove);
const place = path.join(folder, "t5");
mkdirSync(place);
writeFileSync(path.join(place, "config.json"), JSON.stringify({ model_type: "t5" }));
const out = ["--out", path.join(folder, "out")];

test.each([
  ["retrieve", ["--model", place]],
  ["evaluate", ["--model", place]],
  ["evaluate of two", ["--model", place, "--model", place]],
  ["generate", ["--model", place, "--prompt", "a"]],
  ["extend", ["--model", place, "--method", "pi", "--factor", "2", ...out]],
  ["train", ["--from", place, "--text", text, ...out]],
])("%s refuses an encoder-decoder", async (command, args) => {
  const { code, stdout, stderr } = await relpos(command.split(" ")[0]!, ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(
    `${path.join(place, "config.json")}: this is T5, an encoder-decoder, which writes a text for another. ` +
      `The commands translate, summarise, answer and export take it, in a program loadEncoderDecoder. ` +
      `Give the folder of a decoder, or of a run that was trained on text.`,
  );
});
