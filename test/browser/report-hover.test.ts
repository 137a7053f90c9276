/**
 * The report in Chromium: an encoding that is pointed at, whose name is focused or was clicked, is brought forward.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderReport } from "../../src/report/node-report.ts";
import { fixture, seven } from "../comparison/fixture.ts";
import { launch, noBrowser } from "./chromium.ts";

const which = seven.findIndex(({ encoding }) => encoding === "rope");
let browser: Browser;
let page: Page;

/** Opacity of each encoding's line in the first figure, after the transition. */
async function opacities(): Promise<number[]> {
  await page.waitForTimeout(250);
  return page.evaluate((count) => {
    const figure = document.querySelector("figure:has(.legend)")!;
    return Array.from({ length: count }, (_, index) =>
      Number(getComputedStyle(figure.querySelector(`.wide .s${index}, .s${index}`)!).opacity),
    );
  }, seven.length);
}

const item = (index: number): string => `figure:has(.legend) >> nth=0 >> .legend .k${index}`;
const others = (all: readonly number[]): number[] => all.filter((_, index) => index !== which);

describe.skipIf(noBrowser)(`Chromium${noBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.setContent(renderReport(fixture()));
  });
  afterAll(() => browser.close());

  test("nothing is faded at first", async () => {
    await page.mouse.move(0, 0);
    expect(await opacities()).toEqual(seven.map(() => 1));
  });

  test("pointing at a name fades the other lines, and leaving it shows all", async () => {
    await page.hover(item(which));
    const pointed = await opacities();
    expect(pointed[which]).toBe(1);
    expect(Math.max(...others(pointed))).toBeLessThan(0.1);
    await page.mouse.move(0, 0);
    expect(await opacities()).toEqual(seven.map(() => 1));
  });

  test("a click on a name keeps it in front when the pointer leaves, until another place is clicked", async () => {
    await page.click(item(which));
    await page.mouse.move(0, 0);
    const kept = await opacities();
    expect(kept[which]).toBe(1);
    expect(Math.max(...others(kept))).toBeLessThan(0.1);
    await page.mouse.click(2, 2);
    expect(await opacities()).toEqual(seven.map(() => 1));
  });

  test("the keyboard does what a click does", async () => {
    await page.focus(item(which));
    const focused = await opacities();
    expect(focused[which]).toBe(1);
    expect(Math.max(...others(focused))).toBeLessThan(0.1);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  });

  test("pointing at a line itself fades the others", async () => {
    await page.mouse.move(0, 0);
    // Where the lines lie close together another one is pointed at: the part is sought that is this line's own.
    const place = await page.evaluate((index) => {
      const figure = document.querySelector("figure:has(.legend)")!;
      figure.scrollIntoView({ block: "center" });
      const line = figure.querySelector<SVGPathElement>(`.wide .s${index} path`)!;
      for (let share = 0.02; share < 1; share += 0.02) {
        const point = line.getPointAtLength(share * line.getTotalLength());
        const { x, y } = point.matrixTransform(line.getScreenCTM()!);
        if (document.elementFromPoint(x, y)?.closest(`.s${index}`)) return { x, y };
      }
      return undefined;
    }, which);
    if (place === undefined) throw new Error("no part of the line can be pointed at");
    await page.mouse.move(place.x, place.y);
    const pointed = await opacities();
    expect(pointed.filter((one) => one === 1)).toHaveLength(1);
    expect(pointed[which]).toBe(1);
  });
});
