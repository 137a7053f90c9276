/**
 * Losses in the report, its cost table and its warnings have one unit, whatever a token is.
 */
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import type { Results } from "../../src/comparison/results.ts";
import { renderReport } from "../../src/report/node-report.ts";
import { lossUnit } from "../../src/report/unit.ts";
import { warningTexts } from "../../src/report/warning-texts.ts";
import { fixture } from "../comparison/fixture.ts";
import { taskFixture } from "../comparison/task-fixture.ts";

/** All losses fall by 1 nat with each doubling of the steps and end at `last` nats. */
function falling(results: Results, last: number): Results {
  return {
    ...results,
    trials: results.trials.map((trial) => {
      const end = trial.trainingLoss.length;
      const loss = (step: number): number => last + Math.log2(end / (step + 1));
      return {
        ...trial,
        trainingLoss: trial.trainingLoss.map((_, step) => ({ step, loss: loss(step) })),
      };
    }),
  };
}

/** Cells of the column whose head begins with these words. */
function column(
  results: Results,
  head: string,
): { readonly head: string; readonly cells: number[] } {
  const { document } = parseHTML(renderReport(results));
  for (const table of document.querySelectorAll("table")) {
    const heads = [...table.querySelectorAll("thead th")].map((one) => one.textContent.trim());
    const at = heads.findIndex((one) => one.startsWith(head));
    if (at < 0) continue;
    const rows = [...table.querySelectorAll("tbody tr")];
    return { head: heads[at]!, cells: rows.map((row) => Number(row.children[at]!.textContent)) };
  }
  throw new Error(`no column begins with "${head}"`);
}

// The judged text of the fixture has about 2.6 bytes a token; a task's answers have no bytes.
test.each([
  { of: "text", results: fixture(), unit: "bits per byte", low: 2.5, high: 2.7 },
  { of: "a task", results: taskFixture(), unit: "bits per scored token", low: 1, high: 1 },
])("$of: the cost table and the warning are in $unit", ({ results, unit, low, high }) => {
  const whole = falling(results, 3);
  expect(lossUnit(whole).name).toBe(unit);
  // The mean of the last twentieth of the steps is up to 0.04 nats above the end.
  const [least, most] = [3 / (high * Math.LN2), 3.04 / (low * Math.LN2)];
  const { head, cells } = column(whole, "last training loss");
  expect(head).toBe(`last training loss, ${unit}`);
  expect(cells).toHaveLength(whole.trials.length);
  for (const cell of cells) {
    expect(cell).toBeGreaterThan(least - 1e-3);
    expect(cell).toBeLessThan(most + 1e-3);
  }
  const text = warningTexts(whole).find((one) => one.includes("falling fast"))!;
  expect(text).toContain(`the last loss in ${unit}`);
  const [, last, fall] = /\((\d+\.\d+), by (\d+\.\d+)\)/.exec(text)!.map(Number);
  expect(last).toBeGreaterThan(least - 1e-3);
  expect(last).toBeLessThan(most + 1e-3);
  expect(fall).toBeCloseTo(lossUnit(whole).perNat, 2);
});

test.each([fixture(), taskFixture()])("no word of the report is a loss in nats, %#", (results) => {
  const { document } = parseHTML(renderReport(falling(results, 3)));
  expect(document.body.textContent).not.toMatch(/\bnats?\b/);
});
