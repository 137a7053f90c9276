/**
 * The prose of each encoding's page is there, and agrees with the code and with what was recorded.
 */
import { describe, expect, test } from "vitest";
import { guides, knownFacts } from "../../docs/make/guides/index.ts";
import { contradictions } from "../../docs/make/guides/guide.ts";
import type { Beyond } from "../../docs/make/guides/guide.ts";
import { recordedOf, recordedTable } from "../../docs/make/guides/recorded.ts";
import { nobody, uncovered } from "../../docs/make/guides/users/sources.ts";
import { readRecords } from "../../reproduce/record.ts";
import { encodings } from "../../src/encodings/index.ts";
import { mean } from "../../src/measures/estimate.ts";
import { read } from "./documents.ts";

const ids = encodings.map(({ id }) => id);
const facts = new Map(knownFacts().map((known) => [known.id, known]));
const records = readRecords(new URL("../../docs/results/", import.meta.url));

/** Whether an address is written as it is resolved, over https, at a place that anyone can read. */
function publicAddress(url: string): boolean {
  const parsed = URL.parse(url);
  const hosts = ["arxiv.org", "github.com", "huggingface.co", "www.ibm.com"];
  return parsed?.href === url && parsed.protocol === "https:" && hosts.includes(parsed.host);
}

test("each encoding has a guide, and no other", () => {
  expect(Object.keys(guides).toSorted()).toEqual(ids.toSorted());
});

describe.each(ids)("%s", (id) => {
  const guide = guides[id]!;
  const { text: page } = read(`docs/encodings/${id}.md`);

  test("all four parts are whole sentences, and on its page", () => {
    for (const words of [guide.intuition, guide.use, guide.usedBy, guide.beyond.words]) {
      expect(words).toMatch(/^\S.{6,}[.)]$/);
      expect(page).toContain(words);
    }
    expect(guide.intuition.length).toBeGreaterThan(80);
    for (const head of ["When to use it", "Who uses it", "Beyond the train length"])
      expect(page).toContain(`**${head}.** `);
  });

  test("every model it names has a source, and every source a model", () => {
    const { usedBy, usedBySources: sources } = guide;
    expect(uncovered(usedBy, sources)).toEqual([]);
    expect(sources.length === 0).toBe(usedBy === nobody);
    for (const { models, title, url } of sources) {
      expect(models).not.toEqual([]);
      for (const model of models) expect(usedBy).toContain(model);
      expect(publicAddress(url), url).toBe(true);
      expect(page).toContain(`[${title}](${url})`);
    }
  });

  test("nothing contradicts what the code knows", () => {
    expect(contradictions(guide, facts.get(id)!)).toEqual([]);
  });

  test("says whether it was measured here", () => {
    const recorded = recordedOf(id, records);
    const says = guide.beyond.words.includes("not measured here");
    if (guide.beyond.outcome === "ends") expect(says).toBe(false);
    else expect(says).toBe(recorded.length === 0);
  });
});

test("a model without a source is found, and an address that is not public", () => {
  const { usedBy, usedBySources: sources } = guides["rope"]!;
  expect(uncovered(`${usedBy} Also Galactica.`, sources)).toEqual(["Also", "Galactica"]);
  expect(uncovered(usedBy.replace("Llama 3", "Llama 9"), sources)).toEqual(["□ 9"]);
  expect(uncovered(usedBy, sources.slice(1))).not.toEqual([]);
  expect(publicAddress("https://arxiv.org/abs/1706.03762")).toBe(true);
  for (const url of [
    "http://arxiv.org/abs/1706.03762",
    "arxiv.org/abs/1706.03762",
    "https://arxiv.org/a b",
    "https://localhost/x",
  ])
    expect(publicAddress(url), url).toBe(false);
});

describe("on text, as recorded", () => {
  /** Loss at 16 times the train length over that at the train length, by encoding as written. */
  const rises = new Map(
    ids.map((id) => {
      const text = recordedOf(id, records).filter(({ experiment }) => experiment === "text");
      const names = [...new Set(text.map(({ encoding }) => encoding))];
      const ratios = names.flatMap((name) => {
        const at = (length: number): number | undefined => {
          const found = text.find((one) => one.encoding === name && one.length === length);
          return found && mean(found.values);
        };
        const [short, long] = [at(64), at(1024)];
        return short === undefined || long === undefined ? [] : [long / short];
      });
      return [id, ratios] as const;
    }),
  );
  const measured = ids.filter((id) => rises.get(id)!.length > 0);
  const holds = (ratio: number): boolean => ratio < 1.05;
  const agrees: Readonly<Record<Beyond, (ratios: readonly number[]) => boolean>> = {
    holds: (ratios) => ratios.every(holds),
    fails: (ratios) => !ratios.some(holds),
    depends: (ratios) => ratios.some(holds) && !ratios.every(holds),
    ends: () => true,
    open: () => false,
  };

  test.each(measured)("%s does what its guide says", (id) => {
    expect(agrees[guides[id]!.beyond.outcome](rises.get(id)!), String(rises.get(id))).toBe(true);
  });

  test("at least eight were measured, and another outcome would be found", () => {
    expect(measured.length).toBeGreaterThanOrEqual(8);
    expect(agrees.fails(rises.get("alibi")!)).toBe(false);
    expect(agrees.holds(rises.get("rope")!)).toBe(false);
    expect(agrees.holds(rises.get("t5")!)).toBe(false);
  });
});

test("what guides say of repeated findings is what the results say", () => {
  const { text: results } = read("docs/results.md");
  const counts = (title: string): string => {
    const row = results.split("\n").find((line) => line.startsWith(`| [${title}`))!;
    return row
      .split("|")
      .slice(2)
      .map((cell) => cell.trim())
      .filter(Boolean)
      .join(" ");
  };
  expect(guides["randomized"]!.beyond.words).toContain(
    "two of three claims about it were shown here",
  );
  expect(counts("Randomized positions")).toMatch(/^3 2 /);
  expect(guides["cope"]!.beyond.words).toContain(
    "No claim of its paper was shown here at this size, and none contradicted",
  );
  expect(counts("CoPE: flip-flop")).toMatch(/^5 0 5 0 /);
  expect(guides["none"]!.beyond.words).toContain("only reproduced in part here");
  expect(counts("The NoPE study, with its options")).toContain("reproduced in part");
});

test("the table of a page has every experiment of the encoding, with the interval of its seeds", () => {
  const table = recordedTable("alibi", records)!;
  expect(
    table.match(/^\| (?:text|copy|reverse|sort|flip-flop|counting|selective-copy),/gm),
  ).toHaveLength(7);
  expect(table).toMatch(
    /2\.705 \(2\.\d{3} to 2\.\d{3}\) at 64 +\| 2\.686 \(2\.\d{3} to 2\.\d{3}\) at 1,024 \(16×\)/,
  );
  expect(recordedTable("learned", records)).toContain("no number");
  expect(recordedTable("path", records)).toContain("flip-flop");
  expect(recordedTable("m-rope", records)).toBeUndefined();
});

describe("a contradiction is found", () => {
  const of = (id: string): string[] => contradictions(guides[id]!, facts.get(id)!);
  const changed = (id: string, words: Partial<(typeof guides)[string]>): string[] =>
    contradictions({ ...guides[id]!, ...words }, facts.get(id)!);

  test.each([
    ["a limit that is denied", "learned", { use: "Works at any length." }],
    ["an end that is none", "alibi", { beyond: { outcome: "ends", words: "It ends." } }],
    ["an end that is left out", "tupe", { beyond: { outcome: "holds", words: "It goes on." } }],
    ["a limit of another kind", "xpos", { beyond: { outcome: "open", words: "It goes on." } }],
    ["a need of causality that is none", "t5", { use: "For causal models only." }],
    ["a need of causality that is left out", "dape-v2", { use: "Everywhere." }],
    ["a relative encoding that is called absolute", "rope", { intuition: "An absolute encoding." }],
    [
      "an absolute one whose scores are by distance",
      "sinusoidal",
      { use: "Scores depend only on the distance." },
    ],
    [
      "a cache that is rewritten, unsaid",
      "path",
      { use: "For causal models only; all is kept in the cache." },
    ],
    ["more in the cache, unsaid", "fox", { use: "For causal models only." }],
  ] as const)("%s", (_, id, words) => {
    expect(of(id)).toEqual([]);
    expect(changed(id, words)).toHaveLength(1);
  });
});
