/**
 * A file that is written line by line and has its name only once it is whole: lines go to a temporary file beside it, which is
 * renamed at the end.
 *
 * @module
 */
import fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { writeError } from "./file-errors.ts";
import { flushFolder } from "./files.ts";
import { markUnfinished, removeTemporariesOf, temporaryBeside } from "./temporary-files.ts";

/** Lines of a file that does not have its name yet. */
export class LineFile {
  readonly #file: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #unmark: () => void;
  #open = true;

  private constructor(file: string, temporary: string, handle: FileHandle) {
    this.#file = file;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#unmark = markUnfinished(temporary);
  }

  /**
   * Begins a file. What a process that was killed left of it is removed.
   *
   * @throws {RunError} the disk is full or fails
   * @throws {InputError} the path cannot be written to
   */
  static async begin(file: string): Promise<LineFile> {
    const place = path.resolve(file);
    await removeTemporariesOf(place);
    const temporary = temporaryBeside(place);
    try {
      return new LineFile(file, temporary, await fs.open(temporary, "wx"));
    } catch (error) {
      throw writeError(file, error, untouched);
    }
  }

  /**
   * Adds text.
   *
   * @throws {RunError} the disk is full or fails
   */
  async write(text: string): Promise<void> {
    try {
      await this.#handle.appendFile(text);
    } catch (error) {
      throw writeError(this.#file, error, untouched);
    }
  }

  /**
   * Gives what was written a name, in one step; a file of that name is replaced.
   *
   * @param file in the folder of the file that was begun. Default: that file
   * @throws {RunError} the disk is full or fails
   */
  async finish(file: string = this.#file): Promise<void> {
    const place = path.resolve(file);
    try {
      await this.#handle.sync();
      await this.#close();
      await fs.rename(this.#temporary, place);
      this.#unmark();
    } catch (error) {
      throw writeError(file, error, untouched);
    }
    await flushFolder(path.dirname(place));
  }

  /** Removes what was written; without effect after `finish`. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined); // the error that ended the work is reported
    await fs.rm(this.#temporary, { force: true }).catch(() => undefined);
    this.#unmark();
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}

const untouched = "Nothing was written.";
