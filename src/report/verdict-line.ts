/**
 * One statement of the verdict.
 *
 * @module
 */

/** A statement with its subject. */
export interface VerdictLine {
  /** What the line is about: "At the train length, 128 tokens". */
  readonly heading: string;
  readonly text: string;
}
