/**
 * What each task tests, measured at every length: answers of the same distribution, options that do what they say, and
 * nothing to be gained by not reading the question.
 */
import { describe, expect, test } from "vitest";
import { random } from "../../src/random/random.ts";
import { guessAfterToken, guessByPlace, uniformGuess } from "../../src/tasks/guesses.ts";
import { taskNamed, tasks } from "../../src/tasks/index.ts";
import type { Sample, Task } from "../../src/tasks/task.ts";

const count = 1500;

function samplesOf(task: Task, length: number, condition?: string, stream = "labels"): Sample[] {
  const numbers = random(7, stream, task.id, length, condition ?? "");
  return Array.from({ length: count }, () => task.sample(numbers, length, condition));
}

/** Lengths that the task has, the shortest among them. */
function lengthsOf(task: Task): number[] {
  return [task.shortest, 10, 20, 40].filter((length) => length >= task.shortest);
}

function answerOf({ vocabulary }: Task, { tokens, scored }: Sample): string[] {
  return scored.map((at) => vocabulary[tokens[at]!]!).filter((symbol) => symbol !== ".");
}

function shares(symbols: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const symbol of symbols) found.set(symbol, (found.get(symbol) ?? 0) + 1 / symbols.length);
  return found;
}

/** Four and a half standard errors of a share of samples, of which tokens of one sample may depend on one another. */
const within = (share: number): number => 4.5 * Math.sqrt((share * (1 - share)) / count);

/** How many symbols answers are made of, each as likely as the others. */
const kinds: Readonly<Record<string, number>> = {
  copy: 26,
  "copy(alphabet=3)": 3,
  reverse: 26,
  sort: 50,
  "sort(alphabet=10)": 10,
  sum: 10,
  ...Object.fromEntries([2, 3, 4, 6, 7, 9].map((m) => [`sum(modulus=${m})`, m])),
  parity: 2,
  polynomial: 10,
  duplicate: 2,
  "duplicate(alphabet=5,times=3)": 5,
  "missing-duplicate": 2,
  "bucket-sort": 5,
  "bucket-sort(alphabet=3)": 3,
  "flip-flop": 2,
  counting: 5,
  "counting(variables=5)": 5,
  "counting(variables=1)": 5,
  "counting(highest=9,passes=2)": 10,
  "counting(variables=1,passes=10)": 5,
  "counting(passes=0)": 5,
  "selective-copy": 16,
};

test("every task is measured", () => {
  const measured = new Set(Object.keys(kinds).map((name) => taskNamed(name).id));
  expect(tasks.map(({ id }) => id).filter((id) => !measured.has(id))).toEqual(["addition"]);
});

describe.each(Object.entries(kinds))("%s", (name, symbols) => {
  const task = taskNamed(name);
  const places = task.conditions.flatMap(({ id }) =>
    lengthsOf(task).map((at) => [at, id] as const),
  );

  test.each(places)(
    "length %d, %s: each answer is as likely as the others",
    (length, condition) => {
      const found = shares(
        samplesOf(task, length, condition).flatMap((sample) => answerOf(task, sample)),
      );
      expect(found.size).toBe(symbols);
      for (const share of found.values())
        expect(Math.abs(share - 1 / symbols)).toBeLessThan(within(1 / symbols));
    },
  );
});

describe("addition", () => {
  test.each([1, 2, 5, 20])("length %d: each last digit is as likely as the others", (length) => {
    const task = taskNamed("addition");
    const digits = samplesOf(task, length).map((sample) => answerOf(task, sample).at(-1)!);
    for (const share of shares(digits).values())
      expect(Math.abs(share - 1 / 10)).toBeLessThan(within(1 / 10));
  });
});

const brief = ["sum", "sum(modulus=3)", "parity", "polynomial", "missing-duplicate", "counting"];

describe.each(brief)("%s, which has one answer, cannot be answered from", (name) => {
  const task = taskNamed(name);
  const lengths = lengthsOf(task).filter((length) => length >= 10);
  const share = (answered: readonly (readonly boolean[])[]): number =>
    answered.filter(([right]) => right).length / answered.length;
  const chance = 1 / kinds[name]!;

  test.each(lengths)("its length, %d", (length) => {
    const [counted, judged] = [samplesOf(task, length), samplesOf(task, length, undefined, "new")];
    for (const guess of [guessByPlace, guessAfterToken])
      expect(Math.abs(share(guess(counted, judged)) - chance)).toBeLessThan(within(chance));
    const uniform = uniformGuess(counted, judged);
    expect(uniform.tokens).toBeCloseTo(chance, 12);
    expect(uniform.samples).toBeCloseTo(chance, 12);
  });

  test.each(lengths)("the last symbol of its question, at length %d", (length) => {
    // As if the symbol before "=" stood before the answer.
    const shortened = (samples: readonly Sample[]): Sample[] =>
      samples.map(({ tokens }) => ({ tokens: [tokens.at(-3)!, tokens.at(-1)!], scored: [1] }));
    const answered = guessAfterToken(
      shortened(samplesOf(task, length)),
      shortened(samplesOf(task, length, undefined, "new")),
    );
    expect(share(answered)).toBeLessThan(chance + within(chance) + 0.03);
  });
});

describe("what can be guessed", () => {
  const judgedBy = (name: string, length: number): { place: number; after: number } => {
    const task = taskNamed(name);
    const [counted, judged] = [samplesOf(task, length), samplesOf(task, length, undefined, "new")];
    const share = (answered: readonly (readonly boolean[])[]): number =>
      answered.flat().filter(Boolean).length / answered.flat().length;
    return {
      place: share(guessByPlace(counted, judged)),
      after: share(guessAfterToken(counted, judged)),
    };
  };

  test("of a copy: its end, and one symbol of 26", () => {
    for (const length of [10, 20]) {
      const expected = (length / 26 + 1) / (length + 1);
      const { place, after } = judgedBy("copy", length);
      expect(place).toBeCloseTo(expected, 2);
      expect(after).toBeCloseTo(expected, 1);
    }
  });

  test("of what is sorted: the last symbol again, the more the longer it is", () => {
    const [short, long] = [judgedBy("bucket-sort", 10), judgedBy("bucket-sort", 40)];
    expect(short.after).toBeGreaterThan(0.6);
    expect(long.after).toBeGreaterThan(0.85);
  });

  test("of a flip-flop: half of its reads", () => {
    for (const length of [20, 40])
      expect(Math.abs(judgedBy("flip-flop", length).after - 1 / 2)).toBeLessThan(0.03);
  });
});

describe("options and conditions at every length", () => {
  const written = (name: string, length: number, condition?: string): string[][] => {
    const task = taskNamed(name);
    return samplesOf(task, length, condition)
      .slice(0, 200)
      .map(({ tokens }) => tokens.map((token) => task.vocabulary[token]!));
  };

  test.each([1, 2, 3, 5, 8])("counting sets each of %d variables", (variables) => {
    const name = `counting(variables=${variables})`;
    for (const length of lengthsOf(taskNamed(name)))
      for (const tokens of written(name, length)) {
        const set = new Set(tokens.filter((_, at) => tokens[at + 1] === "=0"));
        expect(set.size).toBe(variables);
        const asked = new Set(tokens.filter((_, at) => tokens[at - 1] === "print"));
        for (const one of asked) expect(set.has(one)).toBe(true);
      }
  });

  test.each([1, 4, 9])(
    "counting: no variable goes beyond %d, nor counts before it is set",
    (most) => {
      const name = `counting(highest=${most},passes=3)`;
      for (const length of lengthsOf(taskNamed(name)))
        for (const tokens of written(name, length)) {
          const values = new Map<string, number>();
          tokens.forEach((token, at) => {
            const variable = tokens[at - 1]!;
            if (token === "=0") values.set(variable, 0);
            if (token === "++") values.set(variable, values.get(variable)! + 1);
            for (const value of values.values()) expect(value).toBeLessThanOrEqual(most);
          });
        }
    },
  );

  test.each([
    [0, 20, 20, 20],
    [8, 20, 10, 20 + 10],
    [8, 41, 21, 41 + 20],
    [24, 40, 10, 40 + 30],
  ])("counting, passes %d, length %d: %d steps act", (passes, length, acting, longer) => {
    for (const [condition, steps] of [
      ["trained", length],
      ["passes", longer],
    ] as const)
      for (const tokens of written(`counting(passes=${passes})`, length, condition)) {
        expect(tokens.filter((token) => token === "=0" || token === "++")).toHaveLength(acting);
        expect(tokens.filter((token) => token === "pass")).toHaveLength(steps - acting);
      }
  });

  test("counting has no length that cannot hold the highest answer", () => {
    for (const [name, shortest] of [
      ["counting", 13],
      ["counting(variables=1,highest=1,passes=0)", 2],
      ["counting(highest=10,passes=50)", 91],
      ["counting(variables=1,passes=10)", 11],
    ] as const) {
      const task = taskNamed(name);
      expect(task.shortest).toBe(shortest);
      expect(() => task.sample(random(1), shortest - 1)).toThrow(
        `task counting: a length must be a whole number of ${shortest} or more, got ${shortest - 1}.`,
      );
    }
  });

  test.each([20, 66])(
    "flip-flop, %d instructions: reads by their probability, and the last",
    (n) => {
      for (const [condition, p] of [
        ["trained", 0.1],
        ["sparse", 0.01],
        ["dense", 0.45],
      ] as const) {
        const samples = samplesOf(taskNamed("flip-flop"), n, condition);
        const reads = samples.reduce((sum, { scored }) => sum + scored.length, 0) / count;
        const error = Math.sqrt(((n - 2) * p * (1 - p)) / count);
        expect(Math.abs(reads - (1 + (n - 2) * p))).toBeLessThan(4.5 * error);
      }
    },
  );

  test.each([4, 9, 20])("selective-copy of %d symbols: blanks as the condition says", (length) => {
    for (const [condition, blanks] of [
      ["trained", length],
      ["dense", Math.floor(length / 2)],
      ["sparse", 2 * length],
    ] as const)
      for (const tokens of written("selective-copy", length, condition))
        expect(tokens.filter((token) => token === "-")).toHaveLength(blanks);
  });

  test("the answer of duplicate repeats the question as many times as its option says", () => {
    for (const times of [1, 3])
      for (const length of [1, 20])
        for (const tokens of written(`duplicate(times=${times})`, length))
          expect(tokens).toHaveLength((1 + times) * length + 3);
  });

  test("polynomial: no value of the variable says anything of the answer", () => {
    const task = taskNamed("polynomial");
    for (const length of [2, 20]) {
      const samples = Array.from({ length: 5000 }, (_, n) => task.sample(random(n, "x"), length));
      for (const value of ["-2", "-1", "0", "1", "2"]) {
        const own = samples.filter(({ tokens }) => task.vocabulary[tokens[2]!] === value);
        const found = shares(own.flatMap((sample) => answerOf(task, sample)));
        expect(found.size).toBe(10);
        for (const share of found.values())
          expect(Math.abs(share - 0.1)).toBeLessThan(4.5 * Math.sqrt(0.09 / own.length));
      }
    }
  });
});
