/**
 * A whole comparison from a program: run, stopped, taken up, refused.
 */
import { writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeSettings, openRun, parseResults, runComparison } from "../../src/index.ts";
import { trainTokenizer } from "../../src/index.ts";
import type { ComparisonSettings, Results } from "../../src/index.ts";
import { InputError, RunError } from "../../src/errors.ts";
import { identityDigest } from "../../src/runs/run-identity.ts";
import { filesIn, workplace } from "../cli/relpos.ts";

const { folder: work, text, remove } = workplace("run-comparison");
afterAll(remove);

const folder = path.join(work, "comparison");
const tokenizerFile = path.join(work, "bpe.json");
const settings: ComparisonSettings = completeSettings({
  corpus: { text: [text] },
  tokenizer: tokenizerFile,
  encodings: ["none", "learned"],
  seeds: [1],
  ...{ width: 8, heads: 2, layers: 1, batch: 2, steps: 6, stride: 4 },
  ...{ trainLength: 8, testLengths: [8, 16], evaluationTokens: 64 },
});
const trialFile = path.join(folder, "trials", "none-1", "result.json");

/** The settings in a copy of the finished folder, after a change. */
async function copied(name: string, change: (copy: string) => Promise<void>): Promise<string> {
  const copy = path.join(work, name);
  await fs.cp(folder, copy, { recursive: true });
  await change(copy);
  return copy;
}

const resultIn = (place: string): string => path.join(place, "trials/none-1/result.json");
const again = { recursive: true, force: true };

let results: Results;
beforeAll(async () => {
  await trainTokenizer({
    ...{ corpus: { text: [text] }, out: tokenizerFile },
    settings: { vocab: 290 },
  });
  results = (await runComparison({ settings, folder, processes: 2 }))!;
}, 60_000);

describe("a comparison that a program runs", () => {
  test("returns what it writes", async () => {
    const written = await fs.readFile(path.join(folder, "results.json"), "utf8");
    expect(parseResults(written)).toEqual(results);
    expect(results.trials.map(({ encoding }) => encoding)).toEqual(["none", "learned"]);
    expect(results.command).toMatch(
      /^npx relpos compare --text \S+ --tokenizer \S+bpe\.json --encodings none,/,
    );
    expect(results.command).toContain("--evaluation-tokens 64");
    expect(await filesIn(folder)).toContain("report.html");
  });

  test("again: nothing is trained; a follower is told what was finished before", async () => {
    const { mtimeMs } = await fs.stat(trialFile);
    const seen: unknown[] = [];
    const again = await runComparison({
      ...{ settings, folder, processes: 1 },
      progress: (options) => {
        seen.push(options);
        return { update: () => seen.push("message"), end: () => seen.push("end") };
      },
    });
    expect({ ...again, trials: again!.trials }).toEqual(results);
    expect(seen).toEqual([{ trials: 2, open: 0, steps: 6, processes: 1 }, "end"]);
    expect((await fs.stat(trialFile)).mtimeMs).toBe(mtimeMs);
  });

  test.each<[string, Partial<ComparisonSettings>]>([
    ["in another order", { encodings: ["learned", "none"] }],
    ["fewer of them", { encodings: ["learned"] }],
    ["settings in another order", Object.fromEntries(Object.entries(settings).reverse())],
  ])("its encodings %s: all of the folder's stay, as they are", async (_, changed) => {
    const before = await fs.readFile(path.join(folder, "run.json"), "utf8");
    const turned = Object.keys(changed).length > 1 ? changed : { ...settings, ...changed };
    const again = await runComparison({ settings: turned as ComparisonSettings, folder });
    expect({ ...again, command: "" }).toEqual({ ...results, command: "" });
    expect(await fs.readFile(path.join(folder, "run.json"), "utf8")).toBe(before);
  });

  test("stopped before it began, it says so and leaves the folder free", async () => {
    const place = path.join(work, "stopped");
    const stopped = { settings, folder: place, signal: AbortSignal.abort() };
    expect(await runComparison(stopped)).toBeUndefined();
    expect(await filesIn(place)).toEqual([".relpos", "run.json", "tokenizer.json"]);
  });

  test("each trial can be opened as a run", async () => {
    const { configuration, tokenizer, step, weights, model } = await openRun(folder, {
      trial: "none-1",
    });
    expect(configuration).toMatchObject({ kind: "trial", encoding: { id: "none" }, seed: 1 });
    expect([tokenizer!.id, tokenizer!.vocab, step]).toEqual(["file", 290, 6]);
    expect(weights.size).toBe(model.parameters.specs.length);
    await expect(openRun(folder)).rejects.toThrow("with the trials learned-1, none-1. Open one");
  });
});

describe("refused", () => {
  const run = (changed: Partial<ComparisonSettings>, place = folder): Promise<unknown> =>
    runComparison({ settings: { ...settings, ...changed }, folder: place });

  test("settings that are impossible, before anything is written", async () => {
    const place = path.join(work, "impossible");
    await expect(run({ width: 9 }, place)).rejects.toThrow(InputError);
    await expect(run({ steps: 0 }, place)).rejects.toThrow(
      "steps must be a whole number of 1 or more, got 0",
    );
    await expect(filesIn(place)).rejects.toThrow("ENOENT");
  });

  test("other settings than the folder has", async () => {
    await expect(run({ steps: 7, seeds: [2] })).rejects.toThrow(
      "comparison holds a run that differs in settings.steps (6 there, 7 given). Choose another folder, or give the " +
        "settings that the run was made with. Further encodings and seeds can be given in this folder; other rates only " +
        "after training diverged in all trials.",
    );
    const changed = { ...settings, steps: 70, warmup: 7, batch: 4, width: 16 };
    const given = ["corpus", "steps", "batch"];
    await expect(runComparison({ settings: changed, folder, given })).rejects.toThrow(
      "differs in model.model (8 there, 16 by default), settings.steps (6 there, 70 given), settings.batch (2 there, 4 given). Choose",
    );
  });

  test("another tokenizer in a file of the same name, and one that changed since it was named", async () => {
    const other = path.join(work, "other.json");
    await fs.writeFile(other, ` ${await fs.readFile(tokenizerFile, "utf8")}`);
    await expect(run({ tokenizer: other })).rejects.toThrow(/differs in tokenizer\.sha256/);
    const tokenizerSha256 = "0".repeat(64);
    await expect(run({ tokenizerSha256 })).rejects.toThrow(/bpe\.json changed while the run/);
  });

  test("a run of another version", async () => {
    const copy = await copied("other-version", async (place) => {
      const file = path.join(place, "run.json");
      const document = JSON.parse(await fs.readFile(file, "utf8")) as { versions: object };
      await fs.writeFile(
        file,
        JSON.stringify({ ...document, versions: { ...document.versions, relpos: "0.0.9" } }),
      );
    });
    const refused = run({}, copy);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      /other-version holds a run that differs in versions\.relpos \("0\.0\.9" there, "\d+\.\d+\.\d+" given\)\. Choose/,
    );
  });

  test("a folder that was made before runs recorded their form", async () => {
    const copy = await copied("before", (place) =>
      fs.writeFile(
        path.join(place, "run.json"),
        JSON.stringify({ relpos: "0.1.0", kind: "compare", settings }),
      ),
    );
    await expect(run({}, copy)).rejects.toThrow(
      /run\.json has no "schema": it was written by relpos before it recorded one, and relpos \S+ reads "relpos-run\/1"/,
    );
  });

  test.each<[string, (trial: Record<string, unknown>) => void, RegExp]>([
    [
      "a value of a wrong kind",
      (trial) => (trial["seed"] = "one"),
      /result\.json is damaged: seed must be a number, got "one"\. Remove this file, and the same command/,
    ],
    [
      "evaluations that are missing",
      (trial) => (trial["evaluations"] = []),
      /result\.json is damaged: evaluations must be an array that is not empty, got \[\]\. Remove/,
    ],
    [
      "another encoding",
      (trial) => (trial["encoding"] = "rope"),
      /result\.json is damaged: encoding must be one of configuration\.encodings, got "rope"\. Remove/,
    ],
    [
      "no schema",
      (trial) => delete trial["schema"],
      /result\.json has no schema; this version reads "relpos-trial\/3"\. Remove/,
    ],
    [
      "a later version",
      (trial) => (trial["schema"] = "relpos-trial/4"),
      /result\.json has the schema "relpos-trial\/4"; this version reads "relpos-trial\/3"\. Remove/,
    ],
  ])("a trial's file with %s", async (name, change, message) => {
    const copy = await copied(name, async (place) => {
      const file = path.join(place, "trials", "none-1", "result.json");
      const trial = JSON.parse(await fs.readFile(file, "utf8")) as Record<string, unknown>;
      change(trial);
      await fs.writeFile(file, JSON.stringify(trial));
    });
    const refused = run({}, copy);
    await expect(refused).rejects.toThrow(RunError);
    await expect(refused).rejects.toThrow(message);
  });

  test.each<[string, (place: string) => Promise<void>]>([
    [
      "another trial",
      (place) =>
        fs.cp(path.join(place, "trials/learned-1"), path.join(place, "trials/none-1"), again),
    ],
    [
      "another trial, renamed inside",
      async (place) => {
        const other = await fs.readFile(path.join(place, "trials/learned-1/result.json"), "utf8");
        await fs.writeFile(resultIn(place), other.replace('"learned"', '"none"'));
      },
    ],
    [
      "another version of relpos",
      async (place) => {
        const { configuration } = await openRun(place, { trial: "none-1" });
        const versions = { ...configuration.versions, relpos: "0.0.9" };
        const trial = JSON.parse(await fs.readFile(resultIn(place), "utf8")) as object;
        const run = identityDigest({ ...configuration, versions });
        await fs.writeFile(resultIn(place), JSON.stringify({ ...trial, run }));
        await fs.rm(path.join(place, "run.json"));
      },
    ],
  ])("a result of %s", async (name, change) => {
    const copy = await copied(`result-of-${name}`, change);
    const refused = run({}, copy);
    await expect(refused).rejects.toThrow(RunError);
    await expect(refused).rejects.toThrow(
      /none-1\/result\.json is not the result of none-1 of this comparison, .* Remove this file, and/,
    );
  });

  test("a folder whose run.json was removed, with other settings", async () => {
    const copy = await copied("removed", (place) => fs.rm(path.join(place, "run.json")));
    await expect(run({ learningRate: 0.5 }, copy)).rejects.toThrow(
      /none-1 holds a run that differs in settings\.learningRate \(\S+ there, 0\.5 given\)/,
    );
    await expect(fs.access(path.join(copy, "run.json"))).rejects.toThrow("ENOENT");
  });

  test.each(["report.html", "report-tables/measures.csv", "costs.json"])(
    "a %s of somebody's own in the folder, which stays",
    async (name) => {
      const copy = await copied(`own-${path.basename(name)}`, (place) =>
        fs.writeFile(path.join(place, name), "mine"),
      );
      await expect(run({}, copy)).rejects.toThrow(
        new RegExp(
          `${path.basename(name)} was (not written by relpos|changed since relpos wrote it)`,
        ),
      );
      expect(await fs.readFile(path.join(copy, name), "utf8")).toBe("mine");
    },
  );
});

test("a text that is replaced while a comparison runs stops it; restored, it goes on", async () => {
  const own = path.join(work, "replaced.txt");
  const place = path.join(work, "replaced");
  const original = await fs.readFile(text, "utf8");
  await fs.writeFile(own, original);
  const request = {
    settings: { ...settings, corpus: { text: [own] } },
    folder: place,
    processes: 1,
  };
  const running = runComparison({
    ...request,
    progress: () => ({
      update: (_, { kind }) => {
        if (kind === "done") writeFileSync(own, original.replaceAll("rotates", "turns"));
      },
      end: () => undefined,
    }),
  });
  await expect(running).rejects.toThrow(InputError);
  await expect(running).rejects.toThrow(
    /^learned-1: this changed since the comparison began: corpus\.sha256 \("\w+… at first, "\w+… now\)\. Restore it/,
  );
  await expect(fs.access(path.join(place, "trials/learned-1/run.json"))).rejects.toThrow("ENOENT");
  await fs.writeFile(own, original);
  const { comparison } = (await runComparison(request))!;
  expect(comparison).toEqual(results.comparison);
}, 30_000);
