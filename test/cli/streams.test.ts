/**
 * Standard output and standard error that cannot be written to, and names that a terminal would obey.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { isWebAddress, printable, printableStrings } from "../../src/printable.ts";
import { relpos, start, tinyModel, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("streams");
afterAll(remove);

const program = fileURLToPath(new URL("../../bin/relpos.js", import.meta.url));
const train = (out: string): string[] => [
  ...["train", "--text", text, ...tinyModel, "--length", "16", "--steps", "2"],
  ...["--out", path.join(folder, out)],
];

/** Runs `relpos` with files in the place of its streams; gives its exit code. */
async function withStreams(args: readonly string[], out: string, error: string): Promise<unknown> {
  const handles = [await fs.open(out, "a"), await fs.open(error, "a")] as const;
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", handles[0].fd, handles[1].fd],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  for (const handle of handles) await handle.close();
  return code;
}

const full = "/dev/full";
const isThere = await fs.access(full).then(
  () => true,
  () => false,
);

describe.runIf(isThere)("a stream whose disk is full", () => {
  test("standard error: the run is trained and told on standard output", async () => {
    const out = path.join(folder, "out.txt");
    expect(await withStreams(train("quiet"), out, full)).toBe(0);
    expect(await fs.readFile(out, "utf8")).toMatch(/^2 steps, .*validation loss/);
  });

  test("standard output: a sentence on standard error, exit code 1, and the run is kept", async () => {
    const error = path.join(folder, "error.txt");
    expect(await withStreams(train("mute"), full, error)).toBe(1);
    const said = await fs.readFile(error, "utf8");
    expect(said.match(/^relpos: .*$/gm)).toEqual([
      "relpos: cannot write to standard output: the disk is full. What was trained and written to files is whole.",
    ]);
    expect(said).not.toMatch(/\bat .*:\d+:\d+/);
    expect(await fs.readdir(path.join(folder, "mute"))).toContain("evaluation.json");
  });

  test("both: a wrong call keeps its exit code", async () => {
    expect(await withStreams(["nonsense"], full, full)).toBe(2);
  });
});

test("a reader that closes the pipe early is no failure", async () => {
  const { child, outcome } = start(["encodings", "--json"]);
  child.stdout!.destroy();
  expect((await outcome).code).toBe(0);
});

describe("characters that a terminal obeys", () => {
  const escape = "\u001b[31m\u001b]0;title\u0007\u009b1A\u202e";
  const raw = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

  test("are written as JSON writes them, and line breaks and tabs stay", () => {
    expect(printable("a\u001b[31mb\u009b\r\n\tÄ→")).toBe("a\\u001b[31mb\\u009b\\u000d\n\tÄ→");
    expect(printableStrings({ a: ["x\u0007", { b: "\u009b" }] })).toEqual({
      a: ["x\\u0007", { b: "\\u009b" }],
    });
  });

  test("JSON with them replaced is the same document", () => {
    const document = { a: escape };
    expect(JSON.parse(printable(JSON.stringify(document)))).toEqual(document);
  });

  test.each([
    ["an optimiser", ["compare", "--optimiser", `a${escape}`]],
    ["a text", ["train", "--text", `/gone${escape}.txt`, "--out", "x"]],
    ["an option", [`--nons${escape}ense`]],
    ["a run", ["evaluate", `/gone${escape}`]],
    ["an encoding", ["explain", `rop${escape}e`]],
  ])("are not printed from %s", async (_, args) => {
    const { code, stdout, stderr } = await relpos(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("\\u001b[31m");
    expect(stderr.trimEnd()).not.toMatch(raw);
  });

  test("are not printed from a file of an encoding by explain", async () => {
    const file = path.join(folder, "mine.ts");
    const hostile = JSON.stringify(`x${escape}`);
    await fs.writeFile(
      file,
      `import { defineEncoding } from "relpos";\n` +
        `export default defineEncoding({ id: "mine", family: "bias", summary: ${hostile}, formula: ${hostile},\n` +
        `  paper: { title: ${hostile}, url: "javascript:alert(1)" }, options: {},\n` +
        `  create: () => ({ id: "mine", parameters: [], cache: { keys: "either" }, shiftInvariant: true }) });\n`,
    );
    const page = path.join(folder, "page.html");
    for (const args of [
      ["explain", file],
      ["explain", file, "--json"],
      ["explain", file, "--html", page],
    ]) {
      const { stdout, stderr } = await relpos(...args);
      expect(`${stdout}${stderr}`.replaceAll("\n", "")).not.toMatch(raw);
      expect(`${stdout}${stderr}`).toContain(args.includes("--html") ? "Page:" : "\\u001b[31m");
    }
    const html = await fs.readFile(page, "utf8");
    expect(html).not.toMatch(/href="javascript:/i);
    expect(html.replaceAll("\n", "")).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
  });
});

test.each([
  ["https://arxiv.org/abs/1706.03762", true],
  ["HTTP://example.org", true],
  ["javascript:alert(1)", false],
  [" JavaScript:alert(1)", false],
  ["java\nscript:alert(1)", false],
  ["\u0001javascript:alert(1)", false],
  ["data:text/html,<script>alert(1)</script>", false],
  ["vbscript:msgbox(1)", false],
  ["file:///etc/passwd", false],
  ["//example.org", false],
  ["", false],
])("whether %j may become a link: %s", (address, may) => {
  expect(isWebAddress(address)).toBe(may);
});
