import { windowTable } from "../../../src/encodings/window-table.ts";
import type { WindowTableOptions } from "../../../src/encodings/window-table.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly WindowTableOptions[] = [
  { shared: true },
  { gridWidth: 3 },
  { untieFirst: true },
  { gridWidth: 3, untieFirst: true },
];

export const check: Check = biasCheck(windowTable);
