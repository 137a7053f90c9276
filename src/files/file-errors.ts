/**
 * Messages for errors of the file system: what was refused, and what to do.
 *
 * @module
 */
import { InputError, RunError } from "../errors.ts";

/** The system's code of an error, such as "ENOSPC"; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/**
 * The error for a write that failed.
 *
 * @param outcome what happened to the earlier content, as a whole sentence
 */
export function writeError(path: string, error: unknown, outcome: string): InputError | RunError {
  const options = { cause: error };
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new RunError(
        `cannot write ${path}: the disk is full. ${outcome} Free some space and run the same command again.`,
        options,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new InputError(
        `cannot write ${path}: this user may not write there. ${outcome} Choose another folder.`,
        options,
      );
    case "ENOENT":
    case "ENOTDIR":
      return new InputError(
        `cannot write ${path}: its folder does not exist. Make the folder first, or choose another.`,
        options,
      );
    case "EISDIR":
      return new InputError(
        `cannot write ${path}: it is a folder. Give the name of a file.`,
        options,
      );
    default:
      return new RunError(
        `cannot write ${path}: ${reason(error)}. ${outcome} Run the same command again, or choose another folder.`,
        options,
      );
  }
}

/** The error for a read that failed. */
export function readError(path: string, error: unknown): InputError | RunError {
  const options = { cause: error };
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return new InputError(`${path} does not exist. Check the path.`, options);
    case "EISDIR":
      return new InputError(
        `${path} is a folder. Give the name of a file, or move the folder away.`,
        options,
      );
    case "EACCES":
    case "EPERM":
      return new InputError(
        `${path} may not be read by this user. Change its permissions, or copy it.`,
        options,
      );
    default:
      return new RunError(`cannot read ${path}: ${reason(error)}.`, options);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
