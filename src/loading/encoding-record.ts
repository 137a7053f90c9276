/**
 * How a run records an encoding that is in a user's file.
 *
 * @module
 */

/** An encoding of the user's: where its file is, and what was in it. */
export interface EncodingFile {
  readonly id: string;
  /** As it was given: relative to the working folder, or absolute. */
  readonly path: string;
  /** Of the file's bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** SHA-256 over the user's files that it imports; absent where it imports none. */
  readonly imports?: string;
}
