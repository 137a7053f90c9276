/**
 * Bits per byte: the model's total surprise in bits over the bytes of the text that it judged. It does not depend
 * on the tokenizer.
 *
 * @module
 */
import type { RankingMeasure } from "./measure.ts";
import { textUncertainty } from "./uncertainty.ts";

const tolerance = { relative: 0.05 } as const;

/** All bits over all bytes; an item is a stretch of text. */
export const bitsPerByte: RankingMeasure = {
  id: "bitsPerByte",
  better: "lower",
  unit: "bits per byte",
  range: [0, Infinity],
  contributes: {
    bits: { meaning: "bits of the stretch's judged tokens", values: "number" },
    bytes: { meaning: "bytes of the same tokens", values: "count", ofItem: true },
  },
  value: ({ bits, bytes }) => bits! / bytes!,
  uncertainty: textUncertainty("bytes"),
  tolerance,
  printed: {
    name: "Bits per byte",
    digits: 3,
    phrase: (value) => `${value} bits per byte`,
    superlative: "lowest",
    best: "lowest loss",
    leads: "has the lowest loss",
    broken: `the loss has certainly grown by more than ${100 * tolerance.relative} %`,
  },
};
