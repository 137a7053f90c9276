/** Decoding at far and negative positions, which a decoder knows at run time only. */
import { expect, test } from "vitest";
import { holds } from "../../src/contract/check.ts";
import { decoding } from "../../src/contract/decoding.ts";
import { runCheck, subjectOf } from "../../src/contract/run-contract.ts";
import { encodingById } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { compile } from "../../src/runtime/node.ts";

/** An encoding whose texts begin at `start`. */
function beginningAt(id: string, start: number): EncodingDefinition {
  const base = encodingById(id);
  return {
    ...base,
    id,
    create: (shape, options) => ({
      ...base.create(shape, options),
      sampling: {
        per: "model",
        positions: (length) => Array.from({ length }, (_, index) => start + index),
      },
    }),
  };
}

test.each<readonly [name: string, definition: EncodingDefinition]>([
  ...["rope", "pope", "sandwich", "transformer-xl", "xpos", "fope", "sinusoidal"].map(
    (id) => [`${id} from 65,520 on`, beginningAt(id, 65_520)] as const,
  ),
  ...["rope", "xpos", "value-rope", "xlnet", "alibi"].map(
    (id) => [`${id} from −20 on`, beginningAt(id, -20)] as const,
  ),
  ["randomized(range=100000)", encodingById("randomized(range=100000)")],
  [
    "randomized(base=sandwich, range=16777216)",
    encodingById("randomized(base=sandwich,range=16777216)"),
  ],
  ["random-offset(maxOffset=70000)", encodingById("random-offset(maxOffset=70000)")],
])("%s decodes as in one pass of float64", async (_, definition) => {
  const { faults, measures } = await runCheck(decoding, subjectOf(definition, {}, compile));
  expect(faults).toEqual([]);
  expect(measures.filter((measure) => !holds(measure))).toEqual([]);
});
