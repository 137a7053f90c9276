/**
 * The options of `npm run reproduce`, and its help.
 *
 * @module
 */
import type { ParseArgsOptionsConfig } from "node:util";
import { referenceRuns } from "./reference/runs.ts";
import { rows } from "./rows.ts";

export const options = {
  budget: { type: "string" },
  only: { type: "string" },
  processes: { type: "string" },
  list: { type: "boolean", default: false },
  pages: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies ParseArgsOptionsConfig;

export const usage = `Usage: npm run reproduce -- [options]

Trains what the literature compared, at a size that a processor can hold, and writes docs/results.md with what came of
it. All rows take about an hour and a half on two cores.

Options:
  --budget <minutes>  stop after that time (default: none)
  --only <rows>       the experiments of these findings, and these reference runs, with commas
                      (default: ${rows.map(({ id }) => id).join(",")},
                      ${referenceRuns.map(({ id }) => id).join(",")})
  --processes <n>     trials at once (default: one per core)
  --list              print the experiments and train nothing
  --pages             write the pages from the results that are there, and train nothing
  -h, --help          print this

Stopped by Ctrl-C, by the budget or by force, the same command goes on where it was.

Example:
  $ npm run reproduce -- --only alibi,kerple --budget 60`;
