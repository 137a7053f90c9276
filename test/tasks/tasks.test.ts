/**
 * Every task against an independent definition of its answers, and what the contract promises.
 */
import fs from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { random } from "../../src/random/random.ts";
import { taskById, taskNamed, tasks } from "../../src/tasks/index.ts";
import { writeSample } from "../../src/tasks/task.ts";
import type { Sample, Task } from "../../src/tasks/task.ts";
import { answers } from "./answers.ts";

/** CRC-32 of forty samples: a change of one token, or of the order of random numbers, shows here. */
const fingerprints: Readonly<Record<string, string>> = {
  copy: "c94af5f8",
  reverse: "2f7bc4ce",
  addition: "d8adb717",
  sort: "9ae3d3b9",
  sum: "56b1c6a9",
  parity: "19e508b7",
  polynomial: "ec22932c",
  duplicate: "57d55756",
  "missing-duplicate": "66c9397f",
  "bucket-sort": "dc8d1ccb",
  "flip-flop": "c3e2fbb3",
  counting: "a9582527",
  "selective-copy": "dbd99247",
};

/** Tasks whose every answer is one symbol; no point ends it. */
const brief = ["sum", "parity", "polynomial", "missing-duplicate", "counting"];

function symbols({ vocabulary }: Task, { tokens }: Sample): string[] {
  return tokens.map((token) => vocabulary[token]!);
}

describe.each(tasks)("$id", (definition) => {
  const { id, example } = definition;
  const task = definition.create();

  test("answers as an independent definition does, at every length and condition", () => {
    for (const { id: condition } of task.conditions)
      for (let length = task.shortest; length < task.shortest + 24; length++)
        for (let n = 0; n < 8; n++) {
          const sample = task.sample(random(n, "test", length), length, condition);
          const written = symbols(task, sample);
          const scored = sample.scored.map((place) => written[place]!);
          if (id === "flip-flop") {
            expect(scored).toEqual(answers[id]!(written));
            continue;
          }
          const [question, answer] = split(written);
          expect(scored).toEqual(answer);
          expect(answer.filter((symbol) => symbol !== ".")).toEqual(answers[id]!(question));
          expect(answer.at(-1) === ".").toBe(!brief.includes(id));
        }
  });

  test("a wrong answer would be found", () => {
    const sample = task.sample(random(1, "test"), task.shortest + 8);
    const written = symbols(task, sample);
    const question = id === "flip-flop" ? written : split(written)[0];
    const right = answers[id]!(question);
    const wrong = written.with(sample.scored[0]!, "wrong");
    expect(sample.scored.map((place) => wrong[place])[0]).not.toBe(right[0]);
  });

  test("is no longer than it says, never padding, and scores only tokens after the first", () => {
    for (const { id: condition } of task.conditions)
      for (let length = task.shortest; length < task.shortest + 24; length++) {
        const sizes = Array.from({ length: 40 }, (_, n) => {
          const { tokens, scored } = task.sample(random(n, "size", length), length, condition);
          expect(Math.min(...tokens)).toBeGreaterThan(0);
          expect(Math.max(...tokens)).toBeLessThan(task.vocabulary.length);
          expect(scored.length).toBeGreaterThan(0);
          expect(scored).toEqual([...new Set(scored)].sort((a, b) => a - b));
          expect(scored[0]).toBeGreaterThan(0);
          expect(scored.at(-1)).toBe(tokens.length - 1);
          return tokens.length;
        });
        expect(Math.max(...sizes)).toBeLessThanOrEqual(task.longest(length, condition));
        // A bound that is never met would waste every step of training.
        if (id !== "addition") expect(Math.max(...sizes)).toBe(task.longest(length, condition));
      }
  });

  test("gives the worked example, which its file shows", () => {
    const sample = task.sample(random(example.seed, "example"), example.length);
    expect(writeSample(task, sample)).toBe(example.text);
    const source = fs.readFileSync(new URL(`../../src/tasks/${id}.ts`, import.meta.url), "utf8");
    const comment = source.slice(0, source.indexOf("*/"));
    expect(comment).toContain(`length ${example.length}`);
    expect(comment).toContain(`   ${example.text}\n`);
  });

  test("generates the same bytes for ever", () => {
    let sum = 0;
    for (const { id: condition } of task.conditions)
      for (let n = 0; n < 40; n++) {
        const sample = task.sample(random(n, "bytes"), task.shortest + (n % 13), condition);
        sum = crc32(writeSample(task, sample), sum);
      }
    expect(sum.toString(16).padStart(8, "0")).toBe(fingerprints[id]);
  });

  test("refuses lengths and conditions that are not there", () => {
    const stream = random(1, "refused");
    for (const length of [task.shortest - 1, 2.5, NaN])
      expect(() => task.sample(stream, length)).toThrow(InputError);
    expect(() => task.longest(0)).toThrow(`task ${id}: a length must be a whole number of`);
    expect(() => task.sample(stream, task.shortest, "spars")).toThrow(
      `task ${id}: condition "spars" is unknown`,
    );
  });
});

function split(written: readonly string[]): [question: string[], answer: string[]] {
  expect(written[0]).toBe(">");
  const equals = written.indexOf("=");
  return [written.slice(1, equals), written.slice(equals + 1)];
}

describe("how samples are distributed", () => {
  const many = (task: Task, length: number, condition?: string): string[][] =>
    Array.from({ length: 400 }, (_, n) =>
      symbols(task, task.sample(random(n, "distribution"), length, condition)),
    );
  const share = (samples: readonly string[][], test: (symbol: string) => boolean): number => {
    const all = samples.flat();
    return all.filter(test).length / all.length;
  };

  test.each([
    ["trained", 0.1, 0.8],
    ["sparse", 0.01, 0.98],
    ["dense", 0.45, 0.1],
  ])("flip-flop, %s: writes and reads %d, the rest ignored", (condition, active, ignored) => {
    const inner = many(taskNamed("flip-flop"), 66, condition).map((tokens) => tokens.slice(2, -2));
    const instructions = inner.map((tokens) => tokens.filter((_, place) => place % 2 === 0));
    // Four standard errors of 25,600 samples.
    const within = (p: number): number => 4 * Math.sqrt((p * (1 - p)) / 25_600);
    for (const [symbol, p] of [
      ["w", active],
      ["r", active],
      ["i", ignored],
    ] as const)
      expect(Math.abs(share(instructions, (other) => other === symbol) - p)).toBeLessThan(
        within(p),
      );
  });

  test("addition: numbers have every digit count up to the length, one of them the length itself", () => {
    const counts = new Set<string>();
    for (const tokens of many(taskNamed("addition"), 3)) {
      const [a, b] = tokens.slice(1, tokens.indexOf("=")).join("").split("+");
      expect(Math.max(a!.length, b!.length)).toBe(3);
      for (const number of [a!, b!]) expect(number).toMatch(/^(0|[1-9]\d*)$/);
      counts.add(`${a!.length}+${b!.length}`);
    }
    expect([...counts].sort()).toEqual(["1+3", "2+3", "3+1", "3+2", "3+3"]);
  });

  test("addition, reversed: the same sums, every number the other way round", () => {
    const [plain, turned] = ["addition", "addition(reversed=1)"].map((name) =>
      many(taskNamed(name), 3).map((tokens) => tokens.slice(1, -1).join("")),
    );
    const flip = (text: string): string => text.replace(/\d+/g, (n) => [...n].reverse().join(""));
    expect(turned).toEqual(plain!.map(flip));
    expect(turned).not.toEqual(plain);
  });

  test("missing-duplicate: every place is hidden now and then", () => {
    const places = new Set(many(taskNamed("missing-duplicate"), 7).map((s) => s.indexOf("?")));
    expect([...places].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("selective-copy: blanks as the condition says", () => {
    const task = taskNamed("selective-copy");
    const blanks = (condition: string): Set<number> =>
      new Set(many(task, 8, condition).map((tokens) => tokens.filter((s) => s === "-").length));
    expect([...blanks("trained"), ...blanks("dense"), ...blanks("sparse")]).toEqual([8, 4, 16]);
  });

  test("all symbols of an alphabet occur, and no other", () => {
    const used = new Set(many(taskNamed("copy(alphabet=60)"), 20).flat());
    expect(used.size).toBe(60 + 3);
  });
});

describe("names with options", () => {
  test("choose them", () => {
    expect(taskNamed("copy(alphabet=4)").vocabulary).toHaveLength(8);
    expect(taskNamed("duplicate(times=3,alphabet=5)").longest(4)).toBe(4 * 4 + 3);
  });

  test.each([
    ["copi", 'task "copi" is unknown. Did you mean "copy"?'],
    ["copy(alphabets=3)", 'task copy: it has no option "alphabets". Did you mean "alphabet"?'],
    ["parity(bits=3)", 'task parity: it has no option "bits". It has no options'],
    ["copy(alphabet=1)", "task copy: alphabet must be a whole number from 2 to 100, got 1."],
    ["copy(alphabet=2.5)", "alphabet must be a whole number from 2 to 100, got 2.5."],
    ["copy(alphabet)", 'expected "=" at character 14. Write it as counting(variables=5).'],
    ["copy(alphabet=three)", 'alphabet must be a whole number from 2 to 100, got "three"'],
    ["copy()", "expected the name of an option at character 6"],
    ["copy(alphabet=3", 'task "copy(alphabet=3": expected ")" at character 16'],
    ["copy(alphabet=3,alphabet=3)", "alphabet is given twice"],
    ["", 'task "" is unknown'],
  ])("%s is refused", (name, message) => {
    expect(() => taskNamed(name)).toThrow(InputError);
    expect(() => taskNamed(name)).toThrow(message);
  });

  test("every definition is found by its id", () => {
    for (const task of tasks) expect(taskById(task.id)).toBe(task);
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
  });
});
