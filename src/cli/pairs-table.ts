/**
 * The lines that `relpos evaluate` prints of a run of pairs: a line for each part and range of source lengths, the values that need
 * no model, and how the values were computed.
 *
 * @module
 */
import { halfEven } from "../measures/text/half-even.ts";
import type { TextMeasure } from "../measures/text/text-measure.ts";
import type { PairPartLoss, PairYardstick } from "../runs/evaluate-pair-run.ts";
import { pairMeasures } from "../runs/pair-measures.ts";
import type { PairTask } from "../runs/run-document.ts";

const partWidth = 12;
/** Both are as wide as "sources   pairs  nats a token  perplexity" and "without a model". */
const rangeWidth = 7;
const middleWidth = 41;

/** The lines of one task, with or without the measures of written targets. */
export class PairsTable {
  readonly #measures: readonly TextMeasure[];

  constructor(task: PairTask, written: boolean) {
    this.#measures = written ? pairMeasures[task] : [];
  }

  get heading(): string {
    const middle = "sources   pairs  nats a token  perplexity";
    return [
      "part".padEnd(partWidth),
      middle.padEnd(middleWidth),
      ...this.#measures.map((measure) => titleOf(measure).padStart(widthOf(measure))),
    ].join("  ");
  }

  /** A part and range. */
  row({ part, sources, pairs, nats, perplexity, measures }: PairPartLoss): string {
    return [
      part.padEnd(partWidth),
      sources.padEnd(rangeWidth),
      String(pairs).padStart(6),
      nats.toFixed(4).padStart(12),
      perplexity.toPrecision(5).padStart(10),
      ...this.#values(measures),
    ].join("  ");
  }

  /** What is reached without a model. */
  yardstick({ part, name, measures }: PairYardstick): string {
    return [part.padEnd(partWidth), name.padEnd(middleWidth), ...this.#values(measures)].join("  ");
  }

  /** A line for each measure: its name and the choices that its value depends on. */
  signatures(signatures: Readonly<Record<string, string>>): readonly string[] {
    return this.#measures
      .filter(({ id }) => signatures[id] !== undefined)
      .map((measure) => `${titleOf(measure)}: ${signatures[measure.id]!}`);
  }

  #values(measures: Readonly<Record<string, number>> = {}): readonly string[] {
    return this.#measures.map((measure) =>
      halfEven(measures[measure.id]!, measure.printed.digits).padStart(widthOf(measure)),
    );
  }
}

/** SQuAD's exact match and that of whole texts are in one table. */
function titleOf({ id, printed }: TextMeasure): string {
  return id === "exactText" ? "Exact text" : printed.name;
}

function widthOf(measure: TextMeasure): number {
  return Math.max(titleOf(measure).length, 6);
}
