/**
 * The defaults and first values of every encoding, and where they are from; see defaults.test.ts.
 *
 * @module
 */

/** One encoding in a model of width 64, 4 heads of 16, trained at length 64. */
export interface PublishedDefaults {
  readonly id: string;
  /** The encoding with its defaults written out. */
  readonly options: string;
  /** Options that the defaults leave unset or that act only beside others, and what a description says of them. */
  readonly others?: Readonly<Record<string, string>>;
  /** Shape and first values of each tensor. */
  readonly first?: Readonly<Record<string, string>>;
  /** First values of the token table, where they are not the model's N(0, 0.02²). */
  readonly tokens?: string;
  /** Where options and first values are from; "this model's" is GPT-2's N(0, 0.02²) for weights and 0 for biases. */
  readonly source: string;
}
