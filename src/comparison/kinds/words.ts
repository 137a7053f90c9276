/**
 * The words for one kind of comparison, wherever results are printed.
 *
 * @module
 */

/** A paragraph with a heading. */
export interface Paragraph {
  readonly heading: string;
  readonly text: string;
}

/** How results of one kind are spoken of. */
export interface KindWords {
  /** In titles: "moby-dick", "the copy task". */
  readonly title: string;
  /** After the measure's name, above a table: " on copy". */
  readonly on: string;
  /** What the verdict holds for: "this text (moby-dick)". */
  readonly subject: string;
  /** One length: "512 tokens", "40 symbols to copy". */
  readonly length: (length: number) => string;
  /** Several lengths, already written as a list: "256 and 512 tokens", "length 30 and 40". */
  readonly lengths: (list: string) => string;
  /** What a training step reads: "windows", "samples". */
  readonly rows: string;
  /** What training read: "windows of 64 tokens". */
  readonly trainedOn: string;
  /** What models were judged on: "windows of up to 512 tokens". */
  readonly judgedOn: string;
  /** What the models have in common beside the model itself: "text", "task". */
  readonly data: string;
  /** What models and yardsticks are judged on alike: "tokens", "pairs". */
  readonly judged: string;
  /** What the training loss is a mean over: "token", "scored token". */
  readonly token: string;
  /** What a column of a table has, where the head, a length and its multiple of the train length, does not say it. */
  readonly columns?: string;
  /** What all models are, for the report's first sentence. Default: "Transformer". */
  readonly model?: string;
  /** Heading of the encodings that gain from more length. */
  readonly gain: string;
  /** Heading of the figure of values by length. */
  readonly rising: string;
  /** What the figure of values by length shows. */
  readonly lengthNote: string;
  /** What the figure of differences shows. */
  readonly differenceNote: string;
  /** The question that models answer, where a report needs a section for it, with an example. */
  readonly about?: {
    readonly heading: string;
    readonly before: string;
    readonly example: string;
    readonly after: string;
  };
  /** How it was measured. */
  readonly method: readonly Paragraph[];
  /** Rows for the table of facts. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}
