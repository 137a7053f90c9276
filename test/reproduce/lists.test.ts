/**
 * The declared experiments and rows: whole, runnable, and about one another.
 */
import { describe, expect, test } from "vitest";
import { experiments } from "../../reproduce/experiments.ts";
import type { Claim, Place } from "../../reproduce/experiment.ts";
import { rows } from "../../reproduce/rows.ts";
import { available } from "../../reproduce/run.ts";
import { methods } from "../../reproduce/extension/methods.ts";
import { readMethod } from "../../src/encodings/extension/method-text.ts";
import { extensionMethods } from "../../src/encodings/extension/methods.ts";
import { commandOf } from "../../src/comparison/command.ts";
import { checkSettings } from "../../src/comparison/settings.ts";
import { taskNamed } from "../../src/tasks/index.ts";

const comparisons = experiments.filter(({ study }) => study === undefined);

describe.each(comparisons)("$id", (experiment) => {
  test("can be run, with what this version has", () => {
    const { settings } = available(experiment);
    expect(settings.encodings.length).toBeGreaterThan(1);
    checkSettings(settings);
    expect(settings.seeds.length).toBeGreaterThanOrEqual(3);
    expect(settings.testLengths[0]).toBe(settings.trainLength);
  });

  test("has a command of its own", () => {
    const command = commandOf(experiment.settings);
    expect(command).toMatch(/^npx relpos compare --(task|corpus|data) /);
    expect(command).toContain(`--steps ${experiment.settings.steps} `);
  });
});

describe.each(experiments.filter(({ study }) => study !== undefined))("$id", ({ settings }) => {
  test("begins with what all of it share, at the train length, and its methods can be read", () => {
    const [first, ...others] = settings.encodings;
    expect(first).toBe("rope");
    for (const method of others) expect(readMethod(method).text).toBe(method);
    checkSettings({ ...settings, encodings: ["rope", "none"] });
    expect(settings.seeds.length).toBeGreaterThanOrEqual(3);
    expect(settings.testLengths[0]).toBe(settings.trainLength);
  });
});

test("the study of longer texts has every method", () => {
  expect(methods.map(({ method }) => readMethod(method).method.id)).toEqual(
    extensionMethods.map(({ id }) => id),
  );
});

test("ids are one of a kind", () => {
  for (const list of [experiments, rows]) {
    const ids = list.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

describe.each(rows)("row $id", (row) => {
  const byId = new Map(experiments.map((experiment) => [experiment.id, experiment]));

  function checkPlace({ experiment, length, protocol }: Place): void {
    expect(row.experiments).toContain(experiment);
    const { settings } = byId.get(experiment)!;
    expect(settings.testLengths).toContain(length);
    const known =
      "task" in settings
        ? taskNamed(settings.task).conditions.map(({ id }) => id)
        : "pairs" in settings
          ? ["validation", "validation-longer"]
          : ["windows", "sliding"];
    if (protocol !== undefined) expect(known).toContain(protocol);
  }

  function placesOf(claim: Claim): readonly Place[] {
    return claim.kind === "holds" ? [claim.from, claim.to] : claim.at;
  }

  test("names experiments, lengths, conditions and encodings that there are", () => {
    for (const id of row.experiments) expect(byId.has(id), id).toBe(true);
    for (const claim of [...row.claims, ...(row.further ?? [])]) {
      for (const place of placesOf(claim)) checkPlace(place);
      const named = claim.kind === "holds" ? [claim.encoding] : [claim.better, claim.worse];
      for (const place of placesOf(claim))
        for (const encoding of named)
          expect(byId.get(place.experiment)!.settings.encodings).toContain(encoding);
      for (const { experiment } of placesOf(claim)) {
        const onText = "corpus" in byId.get(experiment)!.settings;
        expect(claim.measure === "bits per byte").toBe(onText);
      }
    }
    for (const place of row.learned?.at ?? []) checkPlace(place);
    for (const { experiment, protocol } of row.figures)
      checkPlace({
        experiment,
        length: byId.get(experiment)!.settings.trainLength,
        ...(protocol ? { protocol } : {}),
      });
  });

  test("says what was published, what is here, and what a longer run would add", () => {
    for (const words of [row.published, row.ours, row.longer]) expect(words).toMatch(/\.$/);
    expect(row.claims.length).toBeGreaterThan(2);
    for (const { url } of row.papers)
      expect(url).toMatch(/^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
  });
});
