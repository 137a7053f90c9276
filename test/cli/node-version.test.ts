/**
 * The command and the library refuse a version of Node that is too old, and say once what to do. In these tests the
 * present Node reports an older version.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { RunError } from "../../src/errors.ts";
import { requireNode } from "../../src/runtime/node-version.ts";
import { sourceFiles } from "../architecture/source-files.ts";

const root = new URL("../../", import.meta.url);
const words =
  "relpos needs Node 22.18 or newer, and this is Node 20.20.2. Install Node 24 from " +
  "https://nodejs.org, or with a version manager such as nvm (nvm install 24).";

const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`;

test("the command says so, and loads nothing else", () => {
  const program = `${older} await import(${JSON.stringify(new URL("bin/relpos.js", root).href)});`;
  const answer = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  expect([answer.status, answer.stdout, answer.stderr]).toEqual([1, "", `${words}\n`]);
});

// Node 12 has import(), but no await outside of functions, no `??` and no `?.`.
test("the command's file has no syntax that an old Node cannot read", () => {
  const text = readFileSync(new URL("bin/relpos.js", root), "utf8");
  expect(text.replace(/^#!.*$|\/\/.*$/gm, "")).not.toMatch(/\bawait\b|\?\?|\?\.|with \{/);
});

describe("the library", () => {
  test.each([
    ["20.20.2", words],
    ["22.17.1", words.replace("20.20.2", "22.17.1")],
  ])("refuses %s", (version, message) => {
    expect(() => requireNode(version)).toThrow(new RunError(message));
  });

  test.each(["22.18.0", "24.9.0", "26.0.0-nightly"])("takes %s", (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  test("checks it before anything else", () => {
    const program = `${older} import(${JSON.stringify(new URL("src/index.ts", root).href)}).catch((error) => console.log(error.message));`;
    const answer = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect(answer).toBe(`${words}\n`);
    const index = readFileSync(fileURLToPath(new URL("src/index.ts", root)), "utf8");
    expect(/from "(.*)"|import "(.*)"/.exec(index)?.[2]).toBe("./runtime/node-version.ts");
  });

  // A missing name is an error of linking, before any check can run.
  test("imports no name that Node 20 does not have", () => {
    const young =
      /import \{[^}]*\b(zstd\w+|registerHooks|enableCompileCache|glob|styleText)\b[^}]*\} from "node:/;
    const wrong = sourceFiles().filter(({ text }) => young.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});
