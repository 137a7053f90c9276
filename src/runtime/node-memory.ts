/**
 * The memory of this machine, as the limit of `memory.ts`.
 *
 * @module
 */
import os from "node:os";
import { InputError } from "../errors.ts";
import { limitMemory } from "../memory.ts";

/**
 * Bytes that this process may use: what `RELPOS_MEMORY` says, else the machine's memory, or the container's limit where
 * that is lower.
 *
 * @throws {InputError} `RELPOS_MEMORY` is no number above 0
 */
export function machineMemory(): number {
  const given = process.env["RELPOS_MEMORY"]?.trim() ?? "";
  if (given !== "") {
    const bytes = Number(given) * 1e9;
    if (!(bytes > 0))
      throw new InputError(
        `RELPOS_MEMORY must be a number of GB above 0, got "${given}". Such as RELPOS_MEMORY=64.`,
      );
    return bytes;
  }
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

limitMemory(machineMemory);
