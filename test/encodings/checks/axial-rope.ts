import { axialRope } from "../../../src/encodings/axial-rope.ts";
import type { GoldenCase } from "../../golden/golden.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { gridWidth: 3, frequencies: "alternating", layout: "half" },
  { gridWidth: 7, gridHeight: 6, frequencies: "pixel" },
  { gridWidth: 3, gridHeight: 6, frequencies: "patch", rotated: 4 },
];

/** Twice: a text in rows, and the file's positions along each axis. */
export const check: Check = (golden, options) => {
  const encoding = options.mutate(axialRope.create(sizesOf(golden), optionsBut(golden, "causal")));
  const inText = Object.entries(golden.inputs).filter(([name]) => name !== "axes");
  const text: GoldenCase = { ...golden, inputs: Object.fromEntries(inText) };
  const onGrid = Object.entries(rotaryCase(golden, encoding, options));
  const inRows = Object.entries(rotaryCase(text, encoding, options));
  return Object.fromEntries([
    ...onGrid.map(([name, difference]) => [`${name}, on a grid`, difference]),
    ...inRows.map(([name, difference]) => [`${name}, in rows`, difference]),
  ]) as Record<string, number>;
};
