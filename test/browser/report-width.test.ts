/**
 * The report in Chromium at the widths of a telephone, a small and a large window: nothing is wider than the window.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderReport } from "../../src/report/node-report.ts";
import { fixture, seven } from "../comparison/fixture.ts";
import { pairsFixture } from "../comparison/pairs-fixture.ts";
import { launch, noBrowser } from "./chromium.ts";

let browser: Browser;

/** One that can break at a bracket, and one that nothing but a letter can break. */
const longNames = ["sinusoidal(layout=concat,tokenStart=0.02,scoreScale=1)", `my${"x".repeat(70)}`];
const reports = {
  "with long names": renderReport(
    fixture({
      characters: seven.map((one, at) => ({ ...one, encoding: longNames[at] ?? one.encoding })),
    }),
  ),
  "of pairs of texts": renderReport(pairsFixture()),
};

describe.skipIf(noBrowser)(`Chromium${noBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test.each(
    Object.entries(reports).flatMap(([name, html]) =>
      [400, 800, 1400].map((width) => [name, width, html] as const),
    ),
  )("a report %s fits %i px", async (_, width, html) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.setContent(html);
    const wider = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(wider).toBe(0);
    await page.close();
  });
});
