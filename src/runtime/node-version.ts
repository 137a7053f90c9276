/**
 * Refuses a Node that is too old, with what to do. The entry of Node imports this file first, so that nothing which
 * such a Node does not have is used before; `bin/relpos.js` says the same for the command.
 *
 * @module
 */
import { RunError } from "../errors.ts";

/**
 * Refuses a version of Node below 22.18.
 *
 * @param version `"20.20.2"`
 * @throws {RunError} it is below
 */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18))
    throw new RunError(
      `relpos needs Node 22.18 or newer, and this is Node ${version}. Install Node 24 from ` +
        `https://nodejs.org, or with a version manager such as nvm (nvm install 24).`,
    );
}

requireNode(process.versions.node);
