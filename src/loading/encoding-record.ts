/**
 * How a run records an encoding that is in a user's file.
 *
 * @module
 */

/** An encoding of the user's: where its files are, and what was in them. */
export interface EncodingFile {
  readonly id: string;
  /** As it was given: a path, relative to the working folder or absolute, or an expression with paths. */
  readonly path: string;
  /** Of the file's bytes, in hexadecimal digits; of several files, that of their hashes. */
  readonly sha256: string;
  /** SHA-256 over the user's files that it imports; absent where it imports none. */
  readonly imports?: string;
}
