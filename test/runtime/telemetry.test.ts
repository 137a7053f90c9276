/**
 * What is written outside the folders that were named, in every process that relpos starts.
 */
import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { filesIn, tinyModel, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("telemetry");
afterAll(remove);
const source = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Runs Node where home, caches and temporary files have folders of their own; gives what is in these afterwards. */
async function leftBy(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const home = path.join(folder, name);
  await fs.mkdir(path.join(home, "tmp"), { recursive: true });
  // Nothing else is inherited: under continuous integration, for one, the runtime keeps its telemetry off by itself.
  const env = {
    ...{ PATH: process.env["PATH"] ?? "", HOME: home, TMPDIR: path.join(home, "tmp") },
    ...variables,
  };
  await promisify(execFile)(process.execPath, args, { env, cwd: folder });
  return await filesIn(home);
}

const run = (out: string): string[] => ["--steps", "2", "--out", path.join(folder, out)];

describe.runIf(process.platform === "linux")("nothing is left outside the named folders", () => {
  test("by a training", async () => {
    const args = ["train", "--text", text, ...tinyModel, "--length", "16", ...run("trained")];
    expect(await leftBy("train", [source("bin/relpos.js"), ...args])).toEqual([]);
  });

  test("by a comparison and the processes of its trials", async () => {
    const args = [
      ...["compare", "--text", text, ...tinyModel, "--train-length", "16", "--seeds", "1"],
      ...["--test-lengths", "16", "--encodings", "none", ...run("compared")],
    ];
    expect(await leftBy("compare", [source("bin/relpos.js"), ...args])).toEqual([]);
  });

  test("by a program that uses the library", async () => {
    const program = path.join(folder, "program.mjs");
    const library = JSON.stringify(pathToFileURL(source("src/index.ts")).href);
    const settings = JSON.stringify({
      ...{ corpus: { text: [text] }, length: 16, steps: 2, width: 16, heads: 2, layers: 1 },
    });
    await fs.writeFile(
      program,
      `import { trainRun } from ${library};\nawait trainRun({ folder: "of-library", settings: ${settings} });\n`,
    );
    expect(await leftBy("library", [program])).toEqual([]);
  });

  test("a user who wants the telemetry of the runtime has it: the test would see its files", async () => {
    const args = ["train", "--text", text, ...tinyModel, "--length", "16", ...run("wanted-run")];
    const left = await leftBy("wanted", [source("bin/relpos.js"), ...args], {
      ORT_DISABLE_TELEMETRY: "",
    });
    expect(left.length).toBeGreaterThan(0);
  });
});
