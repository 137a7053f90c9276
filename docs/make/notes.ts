/**
 * `src/explanation/notes.json`: what the sources of the encodings say in comments, for a package that
 * carries no sources.
 *
 * @module
 */
import fs from "node:fs";
import { encodings } from "../../src/encodings/index.ts";
import { notesIn } from "../../src/explanation/source-notes.ts";
import type { EncodingNotes } from "../../src/explanation/source-notes.ts";

const folder = new URL("../../src/encodings/", import.meta.url);

/** The notes of an encoding of the list; every one has a reference and says where it differs. */
export function notesOfSource(id: string): Required<EncodingNotes> {
  const own = fs.readFileSync(new URL(`${id}.ts`, folder), "utf8");
  const { reference, differs } = notesIn(own);
  if (reference === undefined || differs === undefined)
    throw new Error(
      `docs: src/encodings/${id}.ts has no ` +
        `"${reference === undefined ? "Reference" : "Differs"}:" in its first comment. Add it.`,
    );
  return { reference, differs };
}

/** The whole file. */
export function notesFile(): string {
  const notes = Object.fromEntries(encodings.map(({ id }) => [id, notesOfSource(id)]));
  return `${JSON.stringify(notes, null, 2)}\n`;
}
