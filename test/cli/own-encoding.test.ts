/**
 * An encoding from a user's file: compared, resumed, checked, and what is said of files that are none.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { parseResults } from "../../src/comparison/parse-results.ts";
import { contract } from "../../src/contract/run-contract.ts";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { loadEncodingFile, loadRecorded } from "../../src/loading/encoding-file.ts";
import { openRun, trialsOf } from "../../src/runs/open-run.ts";
import { relpos, start, tinyModel, workplace } from "./relpos.ts";
import type { Outcome } from "./relpos.ts";

const { folder, text, remove } = workplace("own-encoding");
afterAll(remove);

const example = fileURLToPath(new URL("../../examples/my-encoding.ts", import.meta.url));
/** The example as it would stand in a user's folder. */
const own = (await fs.readFile(example, "utf8")).replaceAll("../src/index.ts", "relpos");

async function file(name: string, content: string): Promise<string> {
  const full = path.join(folder, name);
  await fs.writeFile(full, content);
  return full;
}

const compare = (encodings: string, out: string): string[] => [
  ...["compare", "--text", text, ...tinyModel, "--encodings", encodings, "--out", out],
  ...["--train-length", "16", "--test-lengths", "16,64", "--steps", "4", "--seeds", "1"],
];

describe("relpos compare with a file", () => {
  const out = path.join(folder, "comparison");

  test("trains and judges it beside those of the list, by its id", async () => {
    await file("mine.ts", own);
    // The path is relative, and trials, in processes of their own, find it again.
    const call = await start(compare("./mine.ts,rope", out).concat("--json"), { cwd: folder })
      .outcome;
    expect(call.code, call.stderr).toBe(0);
    expect(call.stderr).not.toMatch(/warning/i);
    const { configuration, comparison, command } = parseResults(call.stdout);
    expect(configuration.encodings).toEqual(["learned-slope", "rope"]);
    expect(configuration.notes!["learned-slope"]).toMatch(/^\.\/mine\.ts, SHA-256 [0-9a-f]{64}$/);
    expect(command).toContain("--encodings ./mine.ts,rope ");
    expect(comparison.every((row) => "standing" in row)).toBe(true);
    const run = JSON.parse(await fs.readFile(path.join(out, "run.json"), "utf8")) as {
      readonly encodings: unknown;
    };
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    expect(run.encodings).toEqual([
      { id: "learned-slope", file: { path: "./mine.ts", sha256 } },
      { id: "rope" },
    ]);
  });

  test("goes on with the same file, and with one that holds the same", async () => {
    const again = await start(compare("./mine.ts,rope", out), { cwd: folder }).outcome;
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain("2 of 2 trials were finished before");
    const copy = await file("copy.ts", own);
    expect((await relpos(...compare(`${copy},rope`, out))).code).toBe(0);
  });

  test("refuses to go on when the file changed", async () => {
    await file("mine.ts", own.replace("-1)", "-2)"));
    const changed = await start(compare("./mine.ts,rope", out), { cwd: folder }).outcome;
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(
      /comparison holds a run that differs in encodings\.\d\.file\.sha256 \("\w+… there, "\w+… given\)\. Choose/,
    );
  });

  test("a file that changes while trials run stops them", async () => {
    // A trial reads the file anew and finds another hash in its orders.
    const plain = own
      .match(/export const encoding[\s\S]*?^}\);/m)![0]
      .replace("defineEncoding", "");
    const name = await file("moving.js", plain);
    const loaded = await loadEncodingFile(name);
    expect((await loadRecorded(loaded.file)).id).toBe("learned-slope");
    await expect(loadRecorded({ ...loaded.file, sha256: "0" })).rejects.toThrow(
      /moving\.js changed while the run was going on\. Give another --out, or the file as it was/,
    );
  });
});

describe("a file with options, and in compositions", () => {
  const options = fileURLToPath(new URL("../../examples/my-encoding-options.ts", import.meta.url));
  const out = path.join(folder, "with-options");

  test("is compared, goes on, and its models open again", async () => {
    const name = path.join(folder, "my slope (1), x.ts");
    await fs.copyFile(options, name);
    const encodings = `"${name}"(start=0.5)+rope`;
    const call = await relpos(...compare(encodings, out), "--json");
    expect(call.code, call.stderr).toBe(0);
    const { configuration, command } = parseResults(call.stdout);
    expect(configuration.encodings).toEqual(["learned-slope(start=0.5)+rope"]);
    expect(command).toContain(`--encodings '${encodings}'`);
    const again = await relpos(...compare(encodings, out));
    expect(again.stderr).toContain("1 of 1 trials were finished before");
    const [trial] = await trialsOf(out);
    const { model } = await openRun(out, { trial: trial! });
    expect(model.encoding.id).toBe("learned-slope(start=0.5)+rope");
    await fs.appendFile(name, "// changed\n");
    await expect(openRun(out, { trial: trial! })).rejects.toThrow(/its SHA-256 differs/);
  }, 60_000);

  test("is explained and checked with options", async () => {
    const explained = await relpos("explain", `${options}(start=3)+none(scoreScale=2)`, "--json");
    expect(explained.code, explained.stderr).toBe(0);
    expect(explained.stdout).toContain('"id":"learned-slope(start=3)+none(scoreScale=2)"');
    const wrong = await relpos("check", `${options}(strat=3)`);
    expectOneLine(wrong);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /learned-slope: it has no option "strat"\. Did you mean "start"\?/,
    );
  });

  test.each([
    [
      "./my slope.ts+rope",
      /at character 1\. .*put a path with spaces, .* in quotes, as in '"\.\/my/,
    ],
    ["./gone.ts(start=3)", /gone\.ts does not exist\. Check the path/],
    [`${options}(start=1e999)`, /expected a finite number, got 1e999/],
    [`${options}(constructor=1)`, /has no option "constructor"/],
    ["__proto__+rope", /encoding "__proto__" is unknown/],
  ])("%s", async (name, message) => {
    const call = await relpos("check", name);
    expectOneLine(call);
    expect(call.stderr).toMatch(message);
    expect(call.code).toBe(2);
  });

  test("two files of one id are refused", async () => {
    const copy = await file("copy-of-options.ts", await fs.readFile(options, "utf8"));
    const call = await relpos("check", `${options}+${copy}`);
    expectOneLine(call);
    expect(call.stderr).toMatch(/both have the id "learned-slope"\. Rename one of them/);
  });
});

describe("an encoding that fails or does nothing", () => {
  const broken = async (name: string, hook: string): Promise<string> =>
    await file(
      name,
      own
        .replace(/bias: \(context\) => .*,\n/, hook)
        .replace(/parameters: \[.*\],/, "parameters: [],"),
    );

  test.each([
    [
      "missing.ts",
      "bias: (context) => context.positions.shape,\n",
      /missing\.ts: learned-slope: its hook "bias" failed: Cannot read properties of undefined/,
    ],
    [
      "iterable.ts",
      "bias: (context) => { const [a] = context.distance; return a; },\n",
      /iterable\.ts: learned-slope: its hook "bias" failed: .*is not iterable.* It was given distance/,
    ],
    [
      "called.ts",
      "bias: (context) => context.distance(),\n",
      /called\.ts: learned-slope: its hook "bias" failed: .* is not a function/,
    ],
    [
      "nothing.ts",
      "bias: (context) => { abs(context.distance); },\n",
      /nothing\.ts: learned-slope: its hook "bias" must return .*returned nothing\. Is a `return` missing/,
    ],
    [
      "promise.ts",
      "bias: async (context) => context.distance,\n",
      /promise\.ts: learned-slope: its hook "bias" must return .*a promise\. A hook is no async/,
    ],
    [
      "shape.ts",
      "embed: (x) => unsqueeze(x, 0),\n",
      /shape\.ts: learned-slope: its hook "embed" must return float32 \[1, 7, 16\]/,
    ],
  ])("%s: compare, before anything is written", async (name, hook, message) => {
    const full = await broken(name, hook);
    const source = await fs.readFile(full, "utf8");
    await fs.writeFile(full, source.replace("import { abs,", "import { unsqueeze, abs,"));
    const never = path.join(folder, "never-failed");
    const call = await relpos(...compare(`${full},none`, never));
    expectOneLine(call);
    expect(call.stderr).toMatch(message);
    expect(call.code).toBe(2);
    await expect(fs.stat(never)).rejects.toThrow();
  });

  test("train says it too, and makes no folder", async () => {
    const full = await broken("failing.ts", "bias: () => 3,\n");
    const never = path.join(folder, "never-trained");
    const call = await relpos(
      ...["train", "--text", text, ...tinyModel, "--encoding", full, "--length", "16"],
      ...["--steps", "2", "--out", never],
    );
    expectOneLine(call);
    expect(call.stderr).toMatch(
      /failing\.ts: learned-slope: its hook "bias" must return .*number 3/,
    );
    await expect(fs.stat(never)).rejects.toThrow();
  });

  test.each([
    ["same.ts", "rotate: (x) => x,\n"],
    ["row.ts", "bias: (context) => multiply(context.distance, 0),\n"],
  ])("%s is not ranked beside none", async (name, hook) => {
    const full = await broken(name, hook);
    const call = await relpos(...compare(`${full},none`, path.join(folder, "never")));
    expectOneLine(call);
    expect(call.code).toBe(2);
    expect(call.stderr).toMatch(
      /learned-slope changes nothing that this model computes up to length 64: it would train as none/,
    );
    const never = path.join(folder, "never-trained");
    const alone = await relpos(
      ...["train", "--text", text, ...tinyModel, "--encoding", full, "--length", "16"],
      ...["--steps", "2", "--out", never],
    );
    expectOneLine(alone);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toMatch(/changes nothing that this model computes .* Train with none, or/);
    await expect(fs.stat(never)).rejects.toThrow();
  });
});

describe("a file that imports another of the user's", () => {
  const train = (out: string): string[] => [
    ...["train", "--text", text, ...tinyModel, "--encoding", "./parts/whole.ts", "--length", "16"],
    ...["--steps", "2", "--out", out],
  ];
  const source = own.replace(/^(import [^;]*;)$/m, '$1\nimport { sign } from "./sign.ts";');
  const sign = "export const sign: number = -1;\n";

  test("is another run when that changed, though it is the same itself", async () => {
    await fs.mkdir(path.join(folder, "parts"));
    await file("parts/whole.ts", source.replace("-1)", "sign)"));
    await file("parts/sign.ts", sign);
    const out = path.join(folder, "with-import");
    const first = await start(train(out), { cwd: folder }).outcome;
    expect(first.code, first.stderr).toBe(0);
    const run = await fs.readFile(path.join(out, "run.json"), "utf8");
    expect(run).toMatch(/"sha256": "\w{64}",\s+"imports": "\w{64}"/);
    await fs.rename(path.join(folder, "parts"), path.join(folder, "moved"));
    const moved = train(out).map((word) => word.replace("./parts/", "./moved/"));
    expect((await start(moved, { cwd: folder }).outcome).code).toBe(0);
    await file("moved/sign.ts", sign.replace("-1", "-2"));
    const changed = await start(moved, { cwd: folder }).outcome;
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(
      /holds a run that differs in encoding\.file\.imports \("\w+… there/,
    );
    const evaluated = await start(["evaluate", out, "--encoding-file", "./moved/whole.ts"], {
      cwd: folder,
    }).outcome;
    expect(evaluated.stderr).toMatch(
      /what \.\/moved\/whole\.ts imports is not what the run was trained/,
    );
  }, 30_000);
});

describe("relpos train with a file", () => {
  const train = (name: string): string[] => [
    ...["train", "--text", text, ...tinyModel, "--encoding", name, "--length", "16"],
    ...["--steps", "2", "--out", path.join(folder, "trained")],
  ];

  test("trains it, records it, and refuses to go on when it changed", async () => {
    const name = await file("trained.ts", own);
    const first = await relpos(...train(name));
    expect(first.code, first.stderr).toBe(0);
    const run = await fs.readFile(path.join(folder, "trained", "run.json"), "utf8");
    expect(run).toMatch(
      /"encoding": \{\s+"id": "learned-slope",\s+"file": \{\s+"path": .*\s+"sha256": "\w{64}"/,
    );
    await file("trained.ts", own.replace("-1)", "-2)"));
    const changed = await relpos(...train(name));
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(
      /holds a run that differs in encoding\.file\.sha256 \("\w+… there, "\w+… given\)\. Choose/,
    );
  });
});

describe("relpos check", () => {
  test("a file without fault: every check passes, with numbers", async () => {
    const name = await file("good.ts", own);
    const { code, stdout, stderr } = await relpos("check", name);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain(`learned-slope of ${name}`);
    for (const { name, asks } of contract)
      expect(stdout).toMatch(new RegExp(`^passed {2}${name} +${asks.replace(/[()]/g, ".")}`, "m"));
    expect(stdout).toMatch(/^ +token by token: \d\.\de-\d+ < 1\.0e-5/m);
    expect(stdout).toMatch(/padded on the left, token by token: \d\.\de-\d+ < 1\.0e-5/);
    expect(stdout).toMatch(/\n12 passed, 0 failed\n$/);
    expect(stdout).not.toContain("\x1b");
  });

  test("a file with a fault: the check is named, the exit code is 1", async () => {
    const name = await file("bad.ts", own.replace("shiftInvariant: true", "shiftInvariant: false"));
    const { code, stdout, stderr } = await relpos("check", name);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}shift /m);
    expect(stdout).toMatch(
      /moved, positions known at build time, declared to change: 0 is not > 1\.0e-3/,
    );
    expect(stdout).toMatch(/\n11 passed, 1 failed\n$/);
    expect(stderr).toBe("relpos: learned-slope does not keep the contract in shift.\n");
  });

  test("--json is one document, with or without fault", async () => {
    const name = await file(
      "fault.ts",
      own.replace("compute", "").replace("position.learned-slope.", ""),
    );
    const { code, stdout } = await relpos("check", name, "--json");
    expect(code).toBe(1);
    const document = JSON.parse(stdout) as {
      readonly schema: string;
      readonly passed: boolean;
      readonly encoding: { readonly id: string; readonly file: { readonly path: string } };
      readonly results: readonly ContractResult[];
    };
    expect(document).toMatchObject({
      schema: "relpos-check/1",
      passed: false,
      encoding: { id: "learned-slope", file: { path: name } },
    });
    expect(document.results.map(({ check }) => check)).toEqual(contract.map(({ name }) => name));
    expect(document.results.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual([
      "declaration",
    ]);
    expect(document.results[0]!.faults.join()).toContain("must be named position.learned-slope.");
  });

  test("an encoding of the list, and why a check is skipped", async () => {
    const { code, stdout } = await relpos("check", "alibi");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^alibi\n/);
  });
});

describe("what is said of", () => {
  const without = (field: string): string => own.replace(new RegExp(`^ {2}${field}:.*\n`, "m"), "");
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    [
      "a file without exports",
      "empty.ts",
      "const a = 1;\n",
      /exports nothing\. Export what defineEncoding makes, as default or as "encoding": id, family/,
    ],
    [
      "other exports",
      "others.ts",
      own.replace("const encoding", "const mine"),
      /exports mine, but no default and no "encoding"/,
    ],
    [
      "a default that is a function",
      "function.ts",
      "export default () => 1;\n",
      /its default export is a function\. Export what defineEncoding makes/,
    ],
    [
      "missing fields",
      "fields.ts",
      without("formula"),
      /fields\.ts: learned-slope: its definition has no formula \(plain text\)\./,
    ],
    [
      "a wrong family",
      "family.ts",
      own.replace('"bias"', '"biased"'),
      /has family "biased", which must be "none", "input", "bias", .*"combined"/,
    ],
    [
      "an id of the list",
      "taken.ts",
      own.replaceAll("learned-slope", "alibi"),
      /its id "alibi" is one of the list\. Give it an id of its own/,
    ],
    [
      "a syntax error",
      "syntax.ts",
      own.replace("});\n", "\n"),
      /syntax\.ts cannot be read: .*Mend its syntax/,
    ],
    [
      "an enum",
      "enum.ts",
      `enum A { b }\n${own}`,
      /enum\.ts has TypeScript that is more than types: .*enum.* without enums/,
    ],
    [
      "an import of nothing",
      "import.ts",
      own.replace('"relpos"', '"./gone.ts"'),
      /import\.ts imports what is not there: .*gone\.ts/,
    ],
    [
      "a name that relpos has not",
      "name.ts",
      own.replaceAll(/\babs\b/g, "absolut"),
      /name\.ts cannot be read: .*absolut/,
    ],
    [
      "a module that throws",
      "throws.ts",
      `throw new Error("not today");\n${own}`,
      /throws\.ts failed while it was loaded: not today\./,
    ],
    [
      "a create that throws",
      "create.ts",
      own.replace("({ heads }) => ({", "({ heads }) => ({ ...heads.size.a,"),
      /create\.ts: learned-slope: create failed: Cannot read properties of undefined/,
    ],
    [
      "a create that returns too little",
      "little.ts",
      own.replace(/parameters: .*\n/, "").replace(/cache: .*\n/, ""),
      /little\.ts: .*what create returns has no parameters \(a list.*and has no cache \(such as/,
    ],
    [
      "a misspelt hook",
      "hook.ts",
      own.replace("bias: (context)", "layerbias: (context)"),
      /hook\.ts: .*unknown member "layerbias" \(did you mean "layerBias"\?\)/,
    ],
    [
      "a cache word that does not exist",
      "cache.ts",
      own.replace('"either"', '"rotatd"'),
      /cache\.ts: .*has cache\.keys "rotatd", which must be "raw", "rotated", /,
    ],
    [
      "a misspelt member of the definition",
      "member.ts",
      own.replace("  formula:", "  formul: 1,\n  formula:"),
      /member\.ts: .*unknown member "formul" \(did you mean "formula"\?\)/,
    ],
    [
      "options that are none",
      "options.ts",
      own.replace("  create:", "  options: { steep: 3 },\n  create:"),
      /options\.ts: .*which must be an object of options, each made by option/,
    ],
    [
      "a file of another kind",
      "notes.md",
      own,
      /notes\.md is no module\. An encoding's file is TypeScript/,
    ],
  ];
  test.each(cases)("%s", async (_, name, content, message) => {
    expect(content, "the text was not changed").not.toBe(name === "notes.md" ? "" : own);
    const full = await file(name, content);
    const call = await relpos(...compare(`${full},none`, path.join(folder, "never")));
    expectOneLine(call);
    expect(call.code).toBe(2);
    expect(call.stderr).toMatch(message);
  });

  test.each([
    ["gone.ts", /gone\.ts does not exist\. Check the path/],
    [`${folder}/`, /is no module/],
  ])("%s", async (name, message) => {
    const call = await relpos("check", path.isAbsolute(name) ? name : path.join(folder, name));
    expectOneLine(call);
    expect(call.stderr).toMatch(message);
    expect(call.code).toBe(2);
  });

  test("a name that is neither", async () => {
    const call = await relpos("check", "ropee");
    expectOneLine(call);
    expect(call.stderr).toMatch(/"ropee" is unknown\. Did you mean "rope"\?.*ends in \.ts or \.js/);
    expect((await relpos("check")).stderr).toMatch(/missing required argument "encoding"/);
  });

  test("the same file twice", async () => {
    const name = await file("twice.ts", own);
    const call = await relpos(...compare(`${name},${name}`, path.join(folder, "never")));
    expectOneLine(call);
    expect(call.stderr).toMatch(/encoding learned-slope is given twice/);
  });
});

/** One sentence or more on one line, from relpos, without a stack. */
function expectOneLine({ stderr, stdout }: Outcome): void {
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^relpos: [^\n]*[.?]\n$/);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+|node:internal|\[object/);
}
