/**
 * Writes tiny models that relpos has extended to longer texts, for `extended.py`, which asks transformers to load them:
 *
 *     node oracle/write-extended.ts FOLDER
 *
 * @module
 */
import { extendedCases, nameOfCase, writeExtended } from "../test/extension/extended-cases.ts";
const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder to write to");
for (const each of extendedCases) await writeExtended(folder, each);
process.stdout.write(JSON.stringify(extendedCases.map(nameOfCase)));
