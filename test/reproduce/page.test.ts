/**
 * The page of results, from made-up records: verdicts, tables and figures that belong to the numbers.
 */
import { parseHTML } from "linkedom";
import { format } from "prettier";
import { beforeAll, describe, expect, test } from "vitest";
import { resultsFiles, resultsPage } from "../../docs/make/results.ts";
import type { ResultsFile } from "../../docs/make/results.ts";
import type { Row } from "../../reproduce/experiment.ts";
import { rows } from "../../reproduce/rows.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { onTask, onText } from "./made-up.ts";

const words = { published: "They found it.", ours: "It is small.", longer: "More of it." };
const text: Row = {
  id: "text",
  title: "Longer texts",
  papers: [{ title: "A paper", url: "https://arxiv.org/abs/2108.12409" }],
  ...words,
  experiments: ["on-text"],
  claims: [
    {
      kind: "order",
      ...{ better: "alibi", worse: "rope", measure: "bits per byte" },
      at: [{ experiment: "on-text", length: 256 }],
    },
    {
      kind: "holds",
      encoding: "rope",
      ...{ measure: "bits per byte", within: 0.02 },
      from: { experiment: "on-text", length: 64 },
      to: { experiment: "on-text", length: 256 },
    },
  ],
  further: [
    {
      kind: "order",
      ...{ better: "learned", worse: "rope", measure: "bits per byte" },
      at: [{ experiment: "on-text", length: 256 }],
    },
  ],
  figures: [{ experiment: "on-text", measure: "bits per byte", title: "Bits | per byte" }],
};
const task: Row = {
  id: "task",
  title: "A task: copy & more",
  papers: [],
  ...words,
  experiments: ["on-task"],
  learned: { at: [{ experiment: "on-task", length: 20 }], measure: "exact match", least: 0.9 },
  claims: [
    {
      kind: "rank",
      ...{ better: "none", worse: "rope", among: ["none", "rope", "t5"], measure: "exact match" },
      at: [
        { experiment: "on-task", length: 40 },
        { experiment: "on-task", length: 40, protocol: "sparse" },
      ],
    },
  ],
  figures: [
    { experiment: "on-task", measure: "exact match", title: "Exact match" },
    { experiment: "on-task", measure: "exact match", protocol: "sparse", title: "Sparse" },
  ],
};
const records = new Map<string, ExperimentRecord>([
  [
    "on-text",
    {
      ...onText("on-text", {
        alibi: { "64": [2.7, 2.71, 2.72], "256": [2.7, 2.72, 2.71] },
        rope: { "64": [2.69, 2.73, 2.7], "256": [93.3, 93.31, 93.29] },
        learned: { "64": [2.8, 2.8, 2.81], "256": "its table has 64 rows" },
      }),
      skipped: ["cope"],
    },
  ],
  [
    "on-task",
    onTask("on-task", {
      none: { "20": [1, 1, 1], "40": [0.8, 0.7, 0.9], "40 sparse": [0.8, 0.7, 0.9] },
      rope: { "20": [0.95, 1, 1], "40": [0.1, 0.2, 0], "40 sparse": [0, 0, 0] },
      t5: { "20": [0.5, 0.4, 0.6], "40": [0.5, 0.3, 0.4], "40 sparse": [0.4, 0.4, 0.3] },
    }),
  ],
]);

describe("the page", () => {
  const page = resultsPage(records, [text, task]);

  test("says for each row what its claims come to, and what was found instead", () => {
    expect(page).toMatch(
      /\| \[Longer texts\]\(#longer-texts\) +\| 2 +\| 1 +\| 0 +\| 1 +\| not reproduced \|/,
    );
    expect(page).toContain("**Not reproduced: 1 of 2 claims shown, 1 contradicted.**");
    expect(page).toMatch(
      /Found instead: `rope` does not hold \(−90\.\d+, from −90\.\d+ to −90\.\d+\)/,
    );
    expect(page).toMatch(
      /`alibi` is better than `rope` at 256 +\| bits per byte +\| \+90\.590 .*\| shown/,
    );
    expect(page).toContain("not measured: learned at length 256: its table has 64 rows");
    expect(page).toContain("**Reproduced: all 1 claims shown.**");
    expect(page).toContain("Left out, because the version that ran did not have them: `cope`.");
  });

  test("says which encodings did not learn what training showed", () => {
    expect(page).toContain(
      "Not every encoding reached exact match of 0.9 inside the train length, and then a difference beyond it " +
        "may be one of learning: `t5` 0.500 (on-task).",
    );
  });

  test("has every mean in a table, and the command of each experiment", () => {
    expect(page).toMatch(/\| `none` +\| 1\.000 \/ 1\.000 \| 0\.800 \/ 0\.900 \|/);
    expect(page).toMatch(/\| `learned` +\| 2\.803 \| – +\|/);
    expect(page).toContain("`npx relpos compare --encodings alibi,rope,learned`");
  });

  test("holds no number that is none, and is laid out as prettier would", async () => {
    for (const one of [page, resultsPage(new Map(), rows), resultsPage(records, rows)]) {
      expect(one).not.toMatch(/NaN|undefined|Infinity|\[object/);
      expect(one).toBe(await format(one, { parser: "markdown", printWidth: 100 }));
    }
  });

  test("says of what was not run how to run it", () => {
    const nothing = resultsPage(new Map(), rows);
    expect(nothing.match(/Not run yet: `npm run reproduce -- --only [\w-]+`\./g)).toHaveLength(
      rows.length,
    );
    expect(nothing).not.toContain("What it took");
  });
});

describe("the figures", () => {
  let files: readonly ResultsFile[];
  beforeAll(() => {
    files = resultsFiles(records, [text, task]);
  });

  test("are those that the page shows", () => {
    const shown = [...files[0]!.text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(
      ([, at]) => `docs/${at}`,
    );
    expect(files.slice(1).map(({ file }) => file)).toEqual(shown);
    expect(shown).toEqual([
      "docs/results/on-text-bits-per-byte.svg",
      "docs/results/on-task-exact-match.svg",
      "docs/results/on-task-sparse-exact-match.svg",
    ]);
  });

  test("have a line and a name for each encoding, and numbers throughout", () => {
    for (const { file, text } of files.slice(1)) {
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
      const { document } = parseHTML(text);
      expect(document.querySelectorAll("g > path[fill=none]")).toHaveLength(3);
      const labels = [...document.querySelectorAll("text[font-weight='600']")].slice(1);
      expect(labels, file).toHaveLength(3);
    }
  });

  test("a loss that explodes leaves through the top, with its number; a table's end is told", () => {
    const svg = files[1]!.text;
    expect(svg).toContain("rope 93.300");
    expect(svg).toContain("learned 2.803, ends there");
    // What lies near the train length is not pressed flat by it, and what leaves is clipped.
    const heights = [...svg.matchAll(/cy="(-?[\d.]+)"/g)].map(([, y]) => Number(y));
    const inside = heights.filter((y) => y > 0);
    expect(inside).toHaveLength(heights.length - 1);
    expect(Math.max(...inside) - Math.min(...inside)).toBeGreaterThan(15);
    expect(svg).toContain('clip-path="url(#plot)"');
  });
});
