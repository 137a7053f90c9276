/**
 * The encoding that a run records: one of the list by its expression, or one from a user's file, which must hold what
 * it held when the run began.
 *
 * @module
 */
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError, RunError } from "../errors.ts";
import { chooseEncoding, hashOfFiles } from "../loading/encoding-file.ts";
import type { RecordedEncoding } from "./run-document.ts";

/**
 * The definition of a recorded encoding.
 *
 * @param source where the record is, for messages
 * @param place where the encoding's file is now; by default where it was when the run began
 * @throws {InputError} the file is missing, holds something else now, or has another encoding
 * @throws {RunError} no encoding of the list has this id
 */
export async function recordedEncoding(
  { id, file }: RecordedEncoding,
  source: string,
  place?: string,
): Promise<EncodingDefinition> {
  if (file === undefined) {
    if (place !== undefined)
      throw new InputError(
        `${source}: its encoding ${id} is one of the list and has no file, but ${place} was given. ` +
          `Leave encodingFile out.`,
      );
    try {
      return encodingById(id);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new RunError(`${source}: ${cause.message}`, { cause });
    }
  }
  const name = place ?? file.path;
  const sha256 = await hashOfFiles(name).catch((cause: unknown) => {
    if (!(cause instanceof Error)) throw cause;
    throw new InputError(
      `${source}: the file of its encoding ${id} cannot be read: ${cause.message} ` +
        `If it was moved, name the new place as encodingFile.`,
      { cause },
    );
  });
  // Before the module runs: a changed one may do anything.
  if (sha256 !== file.sha256)
    throw new InputError(
      `${source}: ${name} is not the file that the run was trained with (its SHA-256 differs). ` +
        `Restore the file as it was, or name a copy of it as encodingFile.`,
    );
  const { definition, file: now } = await chooseEncoding(name);
  if (now?.imports !== file.imports)
    throw new InputError(
      `${source}: what ${name} imports is not what the run was trained with (its SHA-256 differs). ` +
        `Restore those files as they were, or name a copy beside them as encodingFile.`,
    );
  if (definition.id !== id)
    throw new InputError(
      `${source}: ${name} now exports the encoding ${definition.id}, the run was trained with ${id}. ` +
        `Restore what the file imports.`,
    );
  return definition;
}
