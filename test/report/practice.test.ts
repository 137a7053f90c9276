import { describe, expect, test } from "vitest";
import { verdict } from "../../src/report/verdict.ts";
import type { FixtureOptions } from "../comparison/fixture.ts";
import { fixture, seven } from "../comparison/fixture.ts";

function practice(options: FixtureOptions): string | undefined {
  return verdict(fixture(options)).find(({ heading }) => heading === "In practice")?.text;
}

describe("the line for practice", () => {
  const seeds = { configuration: { seeds: [1, 2, 3] } };

  test("is the last, and names what to use within, beyond and what it costs", () => {
    const lines = verdict(fixture(seeds));
    expect(lines.at(-1)!.heading).toBe("In practice");
    expect(lines.at(-1)!.text).toMatch(
      /^At the train length: t5, or alibi or rope, not shown to be worse\. Beyond it, at 8×: alibi, or t5, not shown to be worse\. Measured here, a training step and the peak memory were: rope 0\.\d+ s and \d+ MiB; /,
    );
  });

  test("no encoding that is behind is named as a choice", () => {
    const text = practice(seeds)!;
    const choices = text.slice(0, text.indexOf("Measured"));
    for (const behind of ["none", "sinusoidal", "learned", "distance-row"])
      expect(choices).not.toContain(behind);
  });

  test("says so where none is shown to be worse", () => {
    const alike = ["a", "b", "c"].map((encoding) => ({ encoding, handicap: 0, decay: 0 }));
    expect(practice({ ...seeds, characters: alike })).toContain(
      "any of the 3, because not one is shown",
    );
  });

  test("says so where even the best breaks beyond the train length", () => {
    const text = practice({ ...seeds, characters: [seven[0]!, seven[1]!] });
    expect(text).toMatch(
      /at 8×: none, but it is certainly much worse there than at the train length/,
    );
  });

  test("one encoding has nothing to choose from", () => {
    expect(practice({ characters: [seven[4]!] })).toBeUndefined();
  });

  test("many are counted, not named", () => {
    const characters = Array.from({ length: 12 }, (_, at) => ({
      ...{ encoding: `v${at}`, handicap: at === 11 ? 1 : 0, decay: 0 },
    }));
    expect(practice({ ...seeds, characters })).toMatch(/or 10 others, which are not shown/);
  });
});
