/**
 * Several encodings in one model: side by side, by layer, by heads; as values and as text.
 *
 * Run:        npm run example examples/06-compositions.ts
 * Takes:      a second
 * Tolerance:  0.5
 * Prints:
 *
 *     layers(rope,rope,rope,none)        learns 0 numbers
 *     heads(alibi,none)                  learns 0 numbers
 *     cope+rope(base=500000)             learns 8192 numbers
 *     layers(rope+alibi,none)            learns 0 numbers
 *     true
 *     rope+pope: rope and pope both rotate queries and keys by position. Give each its own layers or heads: layers(…), heads(…).
 *
 * @module
 */
import { byHeads, byLayer, encodingById, languageModel, combine } from "relpos";
import { transformerConfig } from "relpos";
import type { EncodingDefinition } from "relpos";

const [rope, none, alibi, cope] = ["rope", "none", "alibi", "cope"].map((id) => ({
  definition: encodingById(id),
}));
const config = transformerConfig({ vocab: 256, model: 64, heads: 4, layers: 8 });

/** Parameters of the encoding in a model of eight layers. */
function learned(definition: EncodingDefinition): number {
  const { specs } = languageModel(config, definition, 128).parameters;
  return specs
    .filter(({ name }) => name.includes("position."))
    .reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
}

const compositions = [
  byLayer([rope!, rope!, rope!, none!]), // every fourth layer has no positions
  byHeads([alibi!, none!]), // half of the heads each
  combine([cope!, { ...rope!, options: { base: 500_000 } }]), // content counts, rotation turns
  byLayer([{ definition: combine([rope!, alibi!]) }, none!]), // and so on
];
for (const definition of compositions)
  console.log(`${definition.id.padEnd(34)} learns ${learned(definition)} numbers`);

// The same from text, as the command line takes it.
const [first] = compositions;
console.log(encodingById("layers(3*rope,none)").id === first!.id);

// What cannot be is refused when a model is made.
try {
  languageModel(config, encodingById("rope+pope"), 128);
} catch (error) {
  console.log((error as Error).message);
}
