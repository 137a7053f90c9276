/**
 * The guides of all encodings.
 *
 * @module
 */
import { encodings } from "../../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../../src/encodings/position-encoding.ts";
import { factsOf } from "../../../src/explanation/facts.ts";
import { referenceShape } from "../../../src/explanation/reference-shape.ts";
import { biasGuides } from "./bias.ts";
import { contentGuides } from "./content.ts";
import type { EncodingGuide, EncodingProse, KnownFacts } from "./guide.ts";
import { inputGuides } from "./input.ts";
import { rotaryGuides } from "./rotary.ts";
import { biasUsers } from "./users/bias.ts";
import { contentUsers } from "./users/content.ts";
import { inputUsers } from "./users/input.ts";
import { rotaryUsers } from "./users/rotary.ts";
import type { Users } from "./users/sources.ts";

const prose: Readonly<Record<string, EncodingProse>> = {
  ...inputGuides,
  ...biasGuides,
  ...contentGuides,
  ...rotaryGuides,
};

const users: Readonly<Record<string, Users>> = {
  ...inputUsers,
  ...biasUsers,
  ...contentUsers,
  ...rotaryUsers,
};

/** By id. */
export const guides: Readonly<Record<string, EncodingGuide>> = Object.fromEntries(
  Object.entries(prose).map(([id, words]) => [id, { ...words, ...usersOf(id) }]),
);

function usersOf(id: string): Users {
  const known = users[id];
  if (known === undefined)
    throw new Error(`docs: nothing says who uses ${id}. Write it in docs/make/guides/users/.`);
  return known;
}

/** The guide of an encoding of the list; every one has one. */
export function guideOf(id: string): EncodingGuide {
  const guide = guides[id];
  if (guide === undefined)
    throw new Error(`docs: ${id} has no guide. Write it in docs/make/guides/, see guide.ts.`);
  return guide;
}

/** Why a bidirectional model cannot have it; undefined: it can. */
export function refusedInEncoder(definition: EncodingDefinition): string | undefined {
  try {
    definition.create({ ...referenceShape, causal: false });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the code knows of each encoding that prose may contradict. */
export function knownFacts(): readonly KnownFacts[] {
  return encodings.map((definition) => {
    const { id, limit, shiftInvariant, cache } = factsOf(definition, referenceShape);
    const encoder = refusedInEncoder(definition) === undefined;
    return { id, limit, shiftInvariant, cache, encoder, trainLength: referenceShape.trainLength };
  });
}
