/**
 * What measures of texts against references have in common: a share or a score that is better when it is higher, and the
 * words in which reports speak of it.
 *
 * @module
 */
import type { TextMeasure } from "./text-measure.ts";

/** What decides the words of a score. */
export interface ScoreWords {
  readonly name: string;
  readonly digits: number;
  /** A report names a fall by more than this. */
  readonly tolerance: number;
  /** What a text shares with its references: "word", "character". */
  readonly part: string;
}

/** How a score is printed, and what it tolerates. */
export function scoreWords({
  name,
  digits,
  tolerance,
  part,
}: ScoreWords): Pick<TextMeasure, "better" | "unit" | "tolerance" | "printed"> {
  return {
    better: "higher",
    unit: "",
    tolerance: { absolute: tolerance },
    printed: {
      name,
      digits,
      phrase: (value) => `${name} ${value}`,
      superlative: "highest",
      best: `highest ${name}`,
      leads: "has the highest score",
      broken: `${name} has certainly fallen by more than ${tolerance}`,
      nothing: {
        alone: (encoding) => `${encoding} writes no ${part} of any reference.`,
        all: `No encoding writes a single ${part} of any reference.`,
      },
    },
  };
}
