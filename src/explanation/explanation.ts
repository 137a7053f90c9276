/**
 * All that is shown of one encoding: facts, notes of its source, its picture.
 *
 * @module
 */
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { encodingPicture } from "../pictures/encoding-picture.ts";
import type { EncodingPicture } from "../pictures/encoding-picture.ts";
import { factsOf } from "./facts.ts";
import type { EncodingFacts } from "./facts.ts";
import notes from "./notes.json" with { type: "json" };
import { referenceShape } from "./reference-shape.ts";
import { notesIn } from "./source-notes.ts";
import type { EncodingNotes } from "./source-notes.ts";

/** What explanations are written from. */
export interface Explanation {
  readonly facts: EncodingFacts;
  readonly notes: EncodingNotes;
  readonly picture: EncodingPicture;
}

/**
 * The explanation of an encoding.
 *
 * @param source the text of its file, where it is not of the list
 */
export function explain(definition: EncodingDefinition, source?: string): Explanation {
  const known = notes as Readonly<Record<string, EncodingNotes | undefined>>;
  return {
    facts: factsOf(definition, referenceShape),
    notes: (source === undefined ? known[definition.id] : notesIn(source)) ?? {},
    picture: encodingPicture(definition),
  };
}
