/** `relpos train --from`, and the commands of docs/fine-tuning.md. */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { read } from "../documents/documents.ts";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";
import { relpos, workplace } from "./relpos.ts";

const { folder, remove } = workplace("fine-tune");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
for (const name of ["models", "runs"]) mkdirSync(at(name));
renameSync(familyFolder(folder, "llama", { max_position_embeddings: 256 }), at("models/llama"));
writeFileSync(at("book.txt"), `${wordsOf(50)}\n\n`.repeat(300));

describe("the commands of the guide", () => {
  const { text: page } = read("docs/fine-tuning.md");
  const commands = [...page.matchAll(/^npx relpos (.+)$/gm)].map(([, command]) => command!);

  /** The words of a command, with the places of this test and as little work as shows that it runs. */
  function wordsOfCommand(command: string): string[] {
    return [...command.matchAll(/"([^"]*)"|(\S+)/g)]
      .map(([, quoted, word]) => (quoted ?? word)!)
      .map((word) => (/^(models|runs)\/|^book\.txt$/.test(word) ? at(word) : word))
      .map(
        (word) =>
          ({ "Call me": "w1 w2", "200": "1", "1024": "260", "256,1024": "64" })[word] ?? word,
      );
  }

  test("run one after the other", async () => {
    expect(commands.length).toBeGreaterThanOrEqual(4);
    for (const command of commands) {
      const words = wordsOfCommand(command);
      const less =
        words[0] === "train"
          ? ["--batch", "1", "--evaluation-tokens", "300", "--threads", "1"]
          : [];
      const { code, stdout, stderr } = await relpos(...words, ...less);
      expect(code, `${command}\n${stderr}`).toBe(0);
      expect(stdout, command).not.toBe("");
    }
  });
});

test("an adapter of a run is refused", async () => {
  for (const command of [
    ["evaluate", at("runs/longer")],
    ["generate", "--model", at("runs/longer"), "--prompt", "w1"],
  ]) {
    const { code, stderr } = await relpos(...command, "--adapter", at("runs/adapted/adapter"));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^relpos: (?:An |--)adapter is for .*pretrained models?, and .*runs\/longer is a run.* Leave it out\.\n$/,
    );
  }
});

describe("refused in one sentence, and nothing is written", () => {
  const model = at("models/llama");

  test.each<[readonly string[], RegExp]>([
    [["--width", "8"], /^relpos: --width is decided by the model of --from\. Leave it out\.\n$/],
    [["--encoding", "alibi"], /--encoding is decided by the model of --from\. Leave it out\./],
    [["--no-bias"], /--bias is decided by the model of --from\. Leave it out\./],
    [
      ["--length", "8"],
      /--length is for a new model\. Give --train-length with --from, or leave it out\./,
    ],
    [
      ["--task", "translate"],
      /--task trains a new model, and --from .* goes on from a language model\./,
    ],
    [["--data", "a.tsv"], /--data is for training from texts to texts/],
    [
      ["--train-length", "257"],
      /a train length of 257 is beyond the 256 tokens .* Extend it first: relpos extend /,
    ],
    [["--lora-alpha", "2"], /"loraAlpha" is of adapters\. Give loraRank too, or leave it out\./],
    [["--lora-rank", "2", "--lora-targets", "querry"], /"loraTargets\.0" must be "query" or "key"/],
    [["--steps", "0"], /--steps/],
  ])("%j", async (options, message) => {
    const before = readdirSync(folder).sort();
    const { code, stdout, stderr } = await relpos(
      ...["train", "--from", model, "--text", at("book.txt"), "--out", at("refused"), ...options],
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test("a train length without --from", async () => {
    const { code, stderr } = await relpos("train", "--train-length", "8", "--out", at("refused"));
    expect([code, stderr]).toEqual([
      2,
      "relpos: --train-length is for training further. Add --from, or leave it out.\n",
    ]);
  });

  test("a run that goes on from a model, without --from", async () => {
    const { code, stderr } = await relpos(
      ...["train", "--text", at("book.txt"), "--out", at("runs/longer")],
    );
    expect(code).toBe(2);
    expect(stderr).toBe(
      `relpos: ${at("runs/longer")} goes on from ${at("models/llama-long")}. Add --from ${at("models/llama-long")}, ` +
        `or choose another folder.\n`,
    );
  });
});
