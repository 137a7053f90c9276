import { windowTable } from "../../../src/encodings/window-table.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { shared: true },
  { gridWidth: 3 },
  { untieFirst: true },
  { gridWidth: 3, untieFirst: true },
];

export const check: Check = biasCheck(windowTable);
