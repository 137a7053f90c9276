/**
 * What `relpos --help` loads: options and no mathematics, so that it answers at once.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Help } from "commander";
import { afterAll, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";

const program = fileURLToPath(new URL("../../bin/relpos.js", import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "relpos-start-up-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The addresses of all modules that a call loads, CommonJS and native ones among them. */
function loadedBy(...args: readonly string[]): string[] {
  const [hook, list] = [path.join(folder, "hook.mjs"), path.join(folder, "loaded.txt")];
  const source = `
    import { appendFileSync } from "node:fs";
    import { registerHooks } from "node:module";
    registerHooks({
      load(url, context, nextLoad) {
        appendFileSync(${JSON.stringify(list)}, url + "\\n");
        return nextLoad(url, context);
      },
    });`;
  writeFileSync(hook, source);
  writeFileSync(list, "");
  execFileSync(process.execPath, ["--import", hook, program, ...args], { stdio: "pipe" });
  return readFileSync(list, "utf8").trim().split("\n");
}

/** zod, ONNX Runtime, the library of tokenizers, and everything of relpos that computes. */
const heavy =
  /node_modules\/(zod|onnxruntime-\w+|@huggingface)\/|\/src\/(encodings\/(?!compose\/split-encodings\.ts$)|tensor|operators|autodiff|onnx|runtime|model|training|evaluation|tasks|comparison(?!\/kinds\/\w+-settings\.ts$))\//;

test.each([
  [["--help"]],
  [["train", "--help"]],
  [["compare", "--help"]],
  [["tokenizer", "train", "--help"]],
  [["--version"]],
])("%s loads neither zod, ONNX Runtime, tokenizers nor an encoding", (args) => {
  const loaded = loadedBy(...args);
  expect(loaded.filter((url) => url.endsWith("/src/cli/main.ts"))).toHaveLength(1);
  expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
});

test("the list of commands loads no options; a command loads its own", () => {
  const options = (...args: string[]): string[] =>
    loadedBy(...args).flatMap((url) => /\/src\/cli\/(\w+)-options\.ts$/.exec(url)?.[1] ?? []);
  expect(options("--help")).toEqual([]);
  expect(options("train", "--help")).toEqual(["train"]);
  expect(options("help", "evaluate")).toEqual(["evaluate"]);
});

test.each(commands)("$name is listed as its options say", async ({ name, usage, load }) => {
  const command = await load();
  expect(command.name()).toBe(name);
  // Commander's own list leaves out that a command has subcommands.
  const term =
    command.commands.length > 0 ? `${name} ${command.usage()}` : new Help().subcommandTerm(command);
  expect(term).toBe(`${name} ${usage}`);
});

test("a command that computes would be found", () => {
  const loaded = loadedBy("encodings", "--json");
  expect(loaded.filter((url) => heavy.test(url)).length).toBeGreaterThan(50);
});
