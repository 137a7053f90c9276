/**
 * Writes adapters of tiny models by relpos, for `adapters.py`, which asks PEFT to load them:
 *
 *     node oracle/write-adapters.ts FOLDER
 *
 * @module
 */
import { adapterCases, writeAdapterCase } from "../test/fine-tuning/adapter-cases.ts";

const place = process.argv[2];
if (place === undefined) throw new Error("name the folder to write to");
const folders: Record<string, string> = {};
for (const each of adapterCases) folders[each.name] = (await writeAdapterCase(place, each)).folder;
process.stdout.write(JSON.stringify(folders));
