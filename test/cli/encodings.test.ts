import { beforeAll, expect, test } from "vitest";
import { encodings } from "../../src/encodings/index.ts";
import { encodingsText } from "../../src/explanation/encodings-table.ts";
import { factsOf } from "../../src/explanation/facts.ts";
import type { EncodingFacts } from "../../src/explanation/facts.ts";
import { referenceShape } from "../../src/explanation/reference-shape.ts";
import { add } from "../../src/operators/arithmetic.ts";
import { relpos } from "./relpos.ts";
import type { Outcome } from "./relpos.ts";

let call: Outcome;
beforeAll(async () => {
  call = await relpos("encodings");
});

test("the list is read in 80 columns and names every encoding once", () => {
  expect(call.code, call.stderr).toBe(0);
  expect(call.stderr).toBe("");
  const lines = call.stdout.split("\n");
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
  const rows = lines.map((line) => /^[a-z0-9-]+(?= {2})/.exec(line)?.[0]);
  for (const { id } of encodings) expect(rows.filter((row) => row === id)).toEqual([id]);
});

test("--json is one document with every field, numbers as numbers", async () => {
  const { code, stdout } = await relpos("encodings", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as {
    readonly schema: string;
    readonly encodings: readonly EncodingFacts[];
  };
  expect(document.schema).toBe("relpos-encodings/1");
  expect(document.encodings.map(({ id }) => id)).toEqual(encodings.map(({ id }) => id));
  const t5 = document.encodings.find(({ id }) => id === "t5");
  expect(t5).toMatchObject({
    family: "bias",
    paper: { year: 2019, url: "https://arxiv.org/abs/1910.10683" },
    hooks: ["bias"],
    actsOn: ["scores"],
    parameters: [{ name: "position.t5.table", shape: [32, referenceShape.heads] }],
    options: [
      { name: "form", kind: "word", words: ["t5", "scaled"], default: "t5" },
      { name: "buckets", kind: "integer", least: 2, most: 1024, default: 32 },
      { name: "maxDistance", kind: "integer", default: 128 },
      { name: "scoreScale", kind: "number", above: 0, otherwise: expect.any(String) as unknown },
      { name: "biasMultiplier", kind: "number", above: 0 },
    ],
    learned: 32 * referenceShape.heads,
    cache: { keys: "either" },
    limit: null,
    shiftInvariant: true,
  });
});

test("hooks are asked, and never the name", () => {
  const many = factsOf(
    {
      ...encodings[0]!,
      id: "many",
      family: "content",
      create: () => ({
        id: "many",
        parameters: [
          { name: "position.many.a", shape: [2, 3], initial: { kind: "ones" }, owner: "layer" },
          { name: "position.many.b", shape: [5], initial: { kind: "ones" } },
        ],
        limit: { length: 9000, reason: "because" },
        rotate: (x) => x,
        contentBias: (_, scores) => scores,
        valueTerm: (weights) => add(weights, 1),
        sampling: { per: "model", positions: (length) => Array<number>(length).fill(0) },
        cache: { keys: "rewritten", tokenState: [{ name: "gate", heads: 4, width: 1 }] },
        shiftInvariant: false,
      }),
    },
    referenceShape,
  );
  expect(many.hooks).toEqual(["sampling", "rotate", "contentBias", "valueTerm"]);
  expect(many.learned).toBe(6 * referenceShape.layers + 5);
  const row = encodingsText([many])
    .split("\n")
    .filter((line) => /^many |^ {4} /.test(line));
  expect(row.join(" ").replace(/\s+/g, " ").trim()).toBe(
    "many sampling, 17 rewritten 9000 no 2305.19466 q and k, scores, values",
  );
});

test("a wrong call is told so", async () => {
  const { code, stderr, stdout } = await relpos("encodings", "rope");
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/too many arguments for "encodings".* See relpos encodings --help/);
});
