import { parseHTML } from "linkedom";
import { describe, expect, test, vi } from "vitest";
import { apart } from "../../src/drawing/label-places.ts";
import { newDocument, renderReport } from "../../src/report/node-report.ts";
import { renderReport as renderInto } from "../../src/report/report.ts";
import { compareEncodings } from "../../src/comparison/compare-encodings.ts";
import { verdict } from "../../src/report/verdict.ts";
import type { FixtureOptions } from "../comparison/fixture.ts";
import { configuration, fixture, seven } from "../comparison/fixture.ts";

function report(options: FixtureOptions = {}): { text: string; page: Document } {
  const text = renderReport(fixture(options));
  return { text, page: parseHTML(text).document };
}

/** What a number gone wrong looks like in a page, with a little of its surroundings. */
function gone(text: string): string[] {
  const drawn = text.replace(/data:image\/png;base64,[^"]+/g, ""); // base64 spells anything
  return drawn.match(/.{0,40}(?:NaN|Infinity|undefined|\[object).{0,40}/g) ?? [];
}

describe("renderReport", () => {
  const { text, page } = report();

  test("needs no script and no network", () => {
    expect(page.querySelectorAll("script, link, iframe, object")).toHaveLength(0);
    const addresses = [...page.querySelectorAll("[src], [srcset], [href]")].map(
      (node) =>
        node.getAttribute("src") ?? node.getAttribute("srcset") ?? node.getAttribute("href") ?? "",
    );
    for (const address of addresses) expect(address).toMatch(/^(data:image\/png;base64,|#)/);
    expect(text.match(/@import|url\((?!#)[^)]*/g)).toBeNull();
  });

  test("the verdict comes first, word for word", () => {
    const lines = [...page.querySelectorAll(".verdict dd")].map((node) => node.textContent);
    expect(lines).toEqual(verdict(fixture()).map((line) => line.text));
    expect(text.indexOf('class="verdict"')).toBeLessThan(text.indexOf("<svg"));
  });

  test("every figure is drawn wide and narrow, with a line for each encoding", () => {
    for (const size of ["wide", "narrow"]) {
      const drawings = [...page.querySelectorAll(`svg.${size}`)];
      expect(drawings).toHaveLength(2 + 4 + 1 + 1);
      const last = drawings[drawings.length - 1]!;
      const paths = [...last.querySelectorAll(".series:not(.target) path")];
      expect(paths).toHaveLength(seven.length);
      for (const path of paths) expect(path.getAttribute("d")).toMatch(/^M[\d.]+,/);
    }
  });

  test("no drawing holds a number that is none", () => {
    expect(gone(text)).toEqual([]);
  });

  test("each encoding has its picture for both schemes, its reason, its cost", () => {
    expect(page.querySelectorAll(".gallery img")).toHaveLength(7);
    expect(page.querySelectorAll(".gallery source")).toHaveLength(7);
    expect(page.querySelector(".footnotes")!.textContent).toContain("its table has 128 rows");
    const tables = [...page.querySelectorAll("table")];
    expect(tables).toHaveLength(3);
    for (const table of tables) expect(table.querySelectorAll("tbody tr")).toHaveLength(7);
  });

  test("the same results give the same bytes", () => {
    expect(renderReport(fixture()) === text).toBe(true);
    const used = text.match(/clipPath id="([^"]+)"/g)!;
    expect(new Set(used).size).toBe(used.length);
  });

  test("a corpus, a command, an encoding may hold any character", () => {
    const evil = `<script>alert("x")</script>&'`;
    const { text, page } = report({
      characters: [
        { encoding: evil, handicap: 0, decay: 0, score: () => 1 },
        { encoding: "rope", handicap: 0.1, decay: 0.1 },
      ],
      configuration: {
        corpus: { ...configuration.corpus, name: evil, split: evil },
        tokenizer: evil,
        notes: { [evil]: evil },
      },
    });
    expect(text.includes("<script")).toBe(false);
    expect(page.querySelector("title")!.textContent).toContain(evil);
    expect(page.querySelector("pre")!.textContent).toContain(evil);
    expect(page.querySelector("tbody th")!.textContent).toContain(evil);
  });

  test("thirty encodings keep their labels apart", () => {
    const characters = Array.from({ length: 30 }, (_, i) => ({
      ...seven[4]!,
      encoding: `variant-${i}`,
      decay: i * 0.02,
    }));
    const { page } = report({ characters });
    const labels = [...page.querySelectorAll("svg.narrow")][0]!.querySelectorAll("g.series text");
    expect(labels).toHaveLength(30);
  });

  test("is written even when nothing could be measured", () => {
    const whole = fixture();
    const trials = whole.trials.map(({ encoding, seed, parameters, ...trial }) => ({
      ...{ encoding, seed, parameters, secondsPerStep: 1, peakMemoryBytes: 1 },
      trainingLoss: [],
      evaluations: trial.evaluations.map(({ length, protocol }) => ({
        length,
        protocol,
        unsupported: "no kernel",
      })),
    }));
    const empty = { ...whole, trials, comparison: compareEncodings(whole.configuration, trials) };
    const text = renderReport(empty);
    expect(text.includes("No encoding could be evaluated")).toBe(true);
    expect(gone(text)).toEqual([]);
  });

  test("a run that diverged leaves a gap, not a broken drawing", () => {
    const whole = fixture();
    const trials = whole.trials.map((trial) =>
      trial.encoding !== "none"
        ? trial
        : {
            ...trial,
            trainingLoss: trial.trainingLoss.map(({ step }) => ({ step, loss: NaN })),
            lossByPosition: [NaN, NaN, NaN, NaN, NaN],
            evaluations: trial.evaluations.map((entry) => ({
              ...entry,
              values: { bitsPerByte: NaN, perplexity: NaN },
            })),
          },
    );
    const text = renderReport({
      ...whole,
      trials,
      comparison: compareEncodings(whole.configuration, trials),
    });
    expect(text.includes("bits per byte not finite with seed 1")).toBe(true);
    expect(gone(text)).toEqual([]);
  });
});

describe("the document that charts are drawn into", () => {
  test("is the page's own unless one is given; without a page that is refused", () => {
    expect(() => renderInto(fixture())).toThrow(
      /renderReport: there is no page whose document charts could be drawn into\. Pass a document, such as/,
    );
    vi.stubGlobal("document", newDocument());
    expect(renderInto(fixture()) === renderReport(fixture())).toBe(true);
    vi.unstubAllGlobals();
  });
});

describe("apart", () => {
  test("labels that do not touch stay where they are", () => {
    expect(apart([10, 50, 90], 0, 200)).toEqual([10, 50, 90]);
  });

  test("labels that touch share the space around their mean, inside the frame", () => {
    const placed = apart([100, 101, 102, 199], 0, 200);
    expect(placed.slice(0, 3)).toEqual([87, 101, 115]);
    expect(apart([0, 0, 0], 0, 200)).toEqual([0, 14, 28]);
    const crowded = apart(new Array<number>(50).fill(7), 0, 98);
    expect(crowded[0]).toBeCloseTo(0);
    expect(crowded[49]).toBeCloseTo(98);
  });
});
