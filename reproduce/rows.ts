/**
 * What was published, and which claims about our numbers that makes.
 *
 * Claims were written before the numbers: the published order, at the lengths that our sizes reach.
 *
 * @module
 */
import type { Row } from "./experiment.ts";
import { extension } from "./rows-on-extension.ts";
import { contextual, nopeRow, randomized } from "./rows-on-tasks.ts";
import { alibi, article, kerple } from "./rows-on-text.ts";
import { scan } from "./scan.ts";

/** All rows, in the order of the page. */
export const rows: readonly Row[] = [
  alibi,
  kerple,
  nopeRow("reference"),
  nopeRow("ours"),
  randomized,
  contextual,
  article,
  extension,
  scan,
];
