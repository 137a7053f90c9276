/**
 * `relpos tokenizer train`, and what is trained with its file.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { settingsOf } from "../../src/cli/compare-choices.ts";
import { TokenizerProgressLine } from "../../src/cli/tokenizer-progress.ts";
import { readTokenizerFile } from "../../src/data/tokenizer-files.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { filesIn, relpos, start, tinyModel, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("tokenizer");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const tokenizer = at("tokenizer.json");
const training = ["--text", text, ...tinyModel, "--tokenizer", tokenizer];

test("a tokenizer is trained, and a model with it, which is opened without the file", async () => {
  const made = await relpos(
    "tokenizer",
    "train",
    "--text",
    text,
    "--vocab",
    "290",
    "--out",
    tokenizer,
  );
  expect(made.stderr).toBe("");
  expect(made.stdout).toMatch(
    /tokenizer\.json: 290 tokens, 34 of them merged; \d\.\d\d bytes a token in [\d,]+ bytes of text\n$/,
  );
  const run = at("run");
  const train = ["train", ...training, "--length", "16", "--steps", "2", "--out", run];
  expect((await relpos(...train)).code).toBe(0);
  const again = await relpos(...train);
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("2 steps")]);
  expect(fs.readFileSync(path.join(run, "tokenizer.json"))).toEqual(fs.readFileSync(tokenizer));

  fs.renameSync(tokenizer, at("moved.json"));
  const opened = await openRun(run);
  expect(opened.tokenizer!.decode(opened.tokenizer!.encode("the query"))).toBe("the query");
  expect(opened.configuration.tokenizer).toMatchObject({ id: "file", path: tokenizer });
  const { stdout, code } = await relpos("evaluate", run, "--json");
  expect(code).toBe(0);
  const [loss] = (JSON.parse(stdout) as { lengths: { nats: number; bitsPerByte: number }[] })
    .lengths;
  // Tokens have more than one byte on average, so bits per byte are fewer than bits per token.
  expect(loss!.bitsPerByte).toBeLessThan(loss!.nats / Math.LN2 / 1.3);
  const gone = await relpos(...train);
  expect([gone.code, gone.stderr]).toEqual([
    2,
    expect.stringMatching(/tokenizer\.json does not exist/),
  ]);
  fs.renameSync(at("moved.json"), tokenizer);

  const copy = path.join(run, "tokenizer.json");
  fs.appendFileSync(copy, "\n");
  await expect(openRun(run)).rejects.toThrow(
    /tokenizer\.json is not the tokenizer that the run was/,
  );
  fs.rmSync(copy);
  await expect(openRun(run)).rejects.toThrow(/tokenizer\.json cannot be read: .*does not exist/);
}, 30_000);

test("a comparison is given what is in the file, so that a trial notices a change", async () => {
  const { config } = (await readTokenizerFile(tokenizer)).tokenizer;
  expect(await settingsOf({ tokenizer }, () => undefined)).toMatchObject({
    tokenizer,
    tokenizerSha256: config.id === "file" && config.sha256,
  });
  expect(await settingsOf({ tokenizer: "char" }, () => undefined)).not.toHaveProperty(
    "tokenizerSha256",
  );
});

test("--json", async () => {
  const { stdout } = await relpos(
    ...["tokenizer", "train", "--text", text, "--vocab", "300", "--kind", "bpe-metaspace"],
    ...["--special-tokens", "<pad>,<s>", "--out", at("metaspace.json"), "--json"],
  );
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ schema: "relpos-tokenizer/1", kind: "bpe-metaspace", vocab: 300 },
    bytes: fs.statSync(text).size,
  });
});

describe("wrong calls end with one line and write nothing", () => {
  const train = ["tokenizer", "train"];
  const latin = at("latin.txt");
  fs.writeFileSync(latin, Buffer.from("na\nna\xefve\n", "latin1"));
  test.each([
    ["no text", train, /^relpos: no text was given\. Name files, such as --text book\.txt/],
    ["two kinds of text", [...train, "--text", text, "--corpus", "sotu"], /cannot be used with/],
    ["not UTF-8", [...train, "--text", latin], /latin\.txt, line 2, is not UTF-8 at its byte 3\./],
    [
      "a small vocabulary",
      [...train, "--text", text, "--vocab", "9"],
      /256 tokens or more .* got 9/,
    ],
    [
      "no number",
      [...train, "--text", text, "--vocab", "x"],
      /See relpos tokenizer train --help\.$/m,
    ],
    ["an unknown kind", [...train, "--text", text, "--kind", "wordpiece"], /bpe, bpe-metaspace/],
    ["an unknown option", [...train, "--vocabulary", "9"], /See relpos tokenizer train --help\./],
    [
      "an unknown subcommand",
      ["tokenizer", "tran"],
      /unknown command "tran".*Did you mean "train"/,
    ],
    ["a file that is none", ["train", ...training.slice(0, -1), text + ".json"], /does not exist/],
    [
      "a tokenizer unknown",
      ["train", ...training.slice(0, -1), "bytes"],
      /or a file whose name ends in \.json/,
    ],
  ])("%s", async (_, args, message) => {
    const before = await filesIn(folder);
    const out = args[0] === "tokenizer" ? [] : ["--out", at("refused")];
    const given = args[1] === "train" ? ["--out", at("refused.json")] : [];
    const { code, stdout, stderr } = await relpos(...args, ...out, ...given);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^relpos: [^\n]*[.?]\n$/);
    expect(stderr).toMatch(message);
    expect(await filesIn(folder)).toEqual(before);
  });
});

test.skipIf(process.platform === "win32")("Ctrl-C leaves nothing half-written", async () => {
  const pipe = at("pipe");
  execFileSync("mkfifo", [pipe]);
  const before = await filesIn(folder);
  const call = start(["tokenizer", "train", "--text", pipe, "--out", at("stopped.json")]);
  const writer = await fs.promises.open(pipe, "w"); // opens when the command reads
  await writer.write("a line of text\n".repeat(100));
  call.child.kill("SIGINT");
  const ended = call.outcome.then(() => true);
  while (!(await Promise.race([ended, wait(30, false)])))
    await writer.write("another\n".repeat(10)).catch(() => undefined);
  await writer.close();
  const { code, stderr } = await call.outcome;
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/relpos: stopped; nothing was written\.\n$/),
  ]);
  expect(await filesIn(folder)).toEqual(before);
});

test("progress is shown after two seconds: a line that is rewritten, elsewhere one every ten seconds", () => {
  const shown = (isTTY: boolean): string[] => {
    const written: string[] = [];
    let time = 0;
    const stream = { isTTY, columns: 80, write: (line: string) => written.push(line) };
    const progress = new TokenizerProgressLine(stream, () => time);
    for (; time <= 20_000; time += 500)
      progress.update(
        time < 6_000
          ? { stage: "reading", done: time * 1000, total: 6e6 }
          : { stage: "merging", done: time, total: 20_000 },
      );
    progress.end();
    return written.map((line) => line.replace("\r\x1b[K", ""));
  };
  expect(shown(false)).toEqual(["read 2.0 of 6.0 MB\n", "12,000 of 20,000 tokens\n"]);
  expect(shown(true).slice(0, 2)).toEqual(["read 2.0 of 6.0 MB", "read 2.5 of 6.0 MB"]);
  expect(shown(true).at(-1)).toBe("");
  expect(shown(true)).toHaveLength(38);
});
