/**
 * Writes `docs/encodings/trained.json`: what some encodings add to the scores after training, for the pictures of
 * encodings whose first values are noise. The pages are made from that file without training.
 *
 * Run:   node docs/make/train-pictures.ts [id …]
 * Takes: about 20 seconds an encoding on two cores
 *
 * @module
 */
import fs from "node:fs";
import { loadCorpus } from "../../src/data/corpus-files.ts";
import { splitText } from "../../src/data/split.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { encodingById } from "../../src/encodings/index.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { languageTraining, train } from "../../src/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { knownPositions } from "../../src/model/context.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { constant } from "../../src/operators/source.ts";
import { likenessOfInputs } from "../../src/pictures/likeness-of-inputs.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { keptPicture, readTrained, trainedEncodings, trainedFile, training } from "./trained.ts";
import type { TrainedPicture } from "./trained.ts";

/** What the encoding of a trained model does. */
async function pictureOf(id: string): Promise<TrainedPicture> {
  const { steps, learningRate, batch, length, size } = training;
  const book = splitText((await loadCorpus()).text);
  const tokenizer = byteTokenizer();
  const terms: Tensor[] = [];
  const definition = recording(encodingById(id), terms);
  const model = languageModel(transformerConfig(training.model), definition, length);
  const given = languageTraining(model, tokenizer.encode(book.train), { batch, length });
  const { weights } = await train({ ...given, plan: { steps, learningRate } });
  const values = new Map<Tensor, Value>(
    model.parameters.specs.map(({ name, shape }) => [
      model.parameters.get(name),
      { shape, data: Float64Array.from(weights.get(name)!.data) },
    ]),
  );
  const likeness = likenessOfInputs(model, values, { size, draws: 1, seed: 1 });
  if (likeness) return keptPicture("likeness", [likeness.plane], size);
  return scoresPicture(id, model, values, tokenizer.encode(book.validation), terms);
}

/** What it adds to the scores of the first layer, the mean over stretches of unseen text. */
function scoresPicture(
  id: string,
  model: LanguageModel,
  values: ReadonlyMap<Tensor, Value>,
  unseen: ArrayLike<number>,
  terms: Tensor[],
): TrainedPicture {
  const { windows, size } = training;
  terms.length = 0; // those of the training graph
  const text = Array.from({ length: windows * size }, (_, at) => unseen[at]!);
  const places = Array.from({ length: size }, (_, position) => position);
  forward(model, {
    tokens: constant([windows, size], text, "int32"),
    positions: knownPositions(constant([size], places, "int32"), size),
  });
  const [term] = terms;
  if (term === undefined) throw new Error(`docs: ${id} adds nothing to the scores.`);
  const [{ data, shape }] = evaluate([term], values) as [Value];
  return keptPicture("added", meanOfBatch(data, shape.length === 4 ? Number(shape[0]) : 1), size);
}

/** The encoding, which adds to `terms` what it adds to scores, in the order of the layers. */
function recording(definition: EncodingDefinition, terms: Tensor[]): EncodingDefinition {
  const added = (term: Tensor | undefined): Tensor | undefined => {
    if (term) terms.push(term);
    return term;
  };
  const create = (...given: Parameters<EncodingDefinition["create"]>): PositionEncoding => {
    const encoding = definition.create(...given);
    return {
      ...encoding,
      ...(encoding.bias && { bias: (context) => added(encoding.bias!(context))! }),
      ...(encoding.layerBias && { layerBias: (context) => added(encoding.layerBias!(context))! }),
      ...(encoding.contentBias && { contentBias: (...of) => added(encoding.contentBias!(...of))! }),
    };
  };
  return { ...definition, create };
}

/** `[batch, heads, size, size]` as a plane for each head. */
function meanOfBatch(data: ArrayLike<number>, batch: number): Float64Array[] {
  const { heads } = training.model;
  const area = training.size ** 2;
  return Array.from({ length: heads }, (_, head) =>
    Float64Array.from({ length: area }, (_, at) => {
      let total = 0;
      for (let row = 0; row < batch; row++) total += data[(row * heads + head) * area + at]!;
      return total / batch;
    }),
  );
}

const asked = process.argv.slice(2);
for (const id of asked.length > 0 ? asked : trainedEncodings) {
  const kept = fs.existsSync(trainedFile) ? readTrained() : {};
  const whole = { ...kept, [id]: await pictureOf(id) };
  const lines = Object.entries(whole).map(
    ([name, picture]) => `${JSON.stringify(name)}: ${JSON.stringify(picture)}`,
  );
  fs.writeFileSync(trainedFile, `{\n${lines.join(",\n")}\n}\n`);
  console.log(`wrote ${id}`);
}
