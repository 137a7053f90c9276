import { describe, expect, test } from "vitest";
import { parseResults } from "../../src/comparison/parse-results.ts";
import { fixture } from "./fixture.ts";

type Document = Record<string, unknown> & {
  configuration: Record<string, unknown>;
  trials: Record<string, unknown>[];
};

/** The text of a good document after `change` spoiled it. */
function spoiled(change: (document: Document) => void): string {
  const document = JSON.parse(JSON.stringify(fixture())) as Document;
  change(document);
  return JSON.stringify(document);
}

describe("parseResults", () => {
  test("reads what was written", () => {
    const results = fixture({ configuration: { seeds: [1, 2] } });
    expect(parseResults(JSON.stringify(results))).toEqual(results);
  });

  test("reads null measurements as NaN", () => {
    const results = parseResults(
      spoiled(({ trials }) => {
        (trials[0]!.trainingLoss as { loss: unknown }[])[3]!.loss = null;
      }),
    );
    expect(results.trials[0]!.trainingLoss[3]!.loss).toBeNaN();
  });

  test.each([
    ["a file cut off", `{"schema": "relpos-compare/2", `, "this is not JSON"],
    ["another document", "[]", "the document must be an object, got []"],
    [
      "another schema",
      `{"schema":"relpos-compare/9"}`,
      `this version reads "relpos-compare/1" and "relpos-compare/2"`,
    ],
    [
      "a missing field",
      spoiled((d) => delete d.configuration.stride),
      "configuration.stride must be a positive integer, got nothing",
    ],
    [
      "a wrong kind deep inside",
      spoiled((d) => (d.trials[2]!.evaluations = [{ length: 128, protocol: "guess" }])),
      `trials[2].evaluations[0].protocol must be "windows" or "sliding", got "guess"`,
    ],
    [
      "an encoding nobody announced",
      spoiled((d) => (d.trials[1]!.encoding = "ropee")),
      "trials[1].encoding must be one of configuration.encodings",
    ],
    [
      "a picture with pixels missing",
      spoiled((d) => (d.trials[0]!.scorePicture = { size: 3, values: [1], caption: "" })),
      "size * size = 9 numbers, got 1",
    ],
    [
      "windows that do not match",
      spoiled((d) => {
        const [first] = d.trials[0]!.evaluations as { items: { bytes: number[] } }[];
        first!.items.bytes.pop();
      }),
      "trials[0].evaluations[0].items.bytes must be as long as bits (256), got 255",
    ],
    [
      "a value of a wrong kind",
      spoiled((d) => {
        const [first] = d.trials[3]!.evaluations as { values: Record<string, unknown> }[];
        first!.values["bitsPerByte"] = "2.1";
      }),
      'results: trials[3].evaluations[0].values.bitsPerByte must be a number, got "2.1". Run the comparison again',
    ],
    [
      "items that encodings are ranked by, missing",
      spoiled((d) => {
        const [first] = d.trials[0]!.evaluations as { items: Record<string, unknown> }[];
        delete first!.items["bits"];
      }),
      "trials[0].evaluations[0].items.bits must be an array, got nothing",
    ],
    [
      "no evaluation",
      spoiled((d) => (d.trials[1]!.evaluations = [])),
      "trials[1].evaluations must be an array that is not empty, got []",
    ],
    [
      "a count that is none",
      spoiled((d) => (d.configuration.steps = 1.5)),
      "configuration.steps must be a positive integer, got 1.5",
    ],
    [
      "a measure that the kind does not have",
      spoiled((d) => ((d.comparison as Record<string, unknown>[])[0]!.measure = "bleu")),
      'comparison[0].measure must be "bitsPerByte" or "perplexity", got "bleu"',
    ],
    [
      "a row of an encoding nobody announced",
      spoiled((d) => ((d.comparison as Record<string, unknown>[])[0]!.encoding = "ropee")),
      "comparison[0].encoding must be one of configuration.encodings",
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseResults(text)).toThrow(message);
  });
});
