/**
 * The picture of an encoding before any training, from its own code, with what must be said of it.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { transformerConfig } from "../model/config.ts";
import { refuseManyParameters } from "../model/size.ts";
import { languageModel } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { random } from "../random/random.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import { initialValues } from "../parameters/initialise.ts";
import { contentOf, effectOnScores } from "./effect-on-scores.ts";
import type { PictureOptions, Plane } from "./effect-on-scores.ts";
import { likenessOfInputs, sampleText } from "./likeness-of-inputs.ts";
import type { Likeness } from "./likeness-of-inputs.ts";

/** One thing to draw. */
export interface PicturePart {
  readonly of: "scores" | "inputs";
  /** What the numbers are. */
  readonly caption: string;
  /** Layers, from 0, that are all like this one. */
  readonly layers: readonly number[];
  /** One for each head; a single one for inputs. */
  readonly planes: readonly Plane[];
}

/** What an encoding does, drawn. */
export interface EncodingPicture {
  readonly size: number;
  /** Of the model that the encoding was made for. */
  readonly heads: number;
  readonly layers: number;
  /** None where the encoding does nothing. */
  readonly parts: readonly PicturePart[];
  /** Whole sentences: what was chosen, drawn or averaged. */
  readonly notes: readonly string[];
}

const sizes = { vocab: 256, model: 128, heads: 4, layers: 4 } as const;
/** Deviation of what is shown in place of zeros. */
const deviation = 0.1;

/** The picture at 48 positions, unless said otherwise. */
export function encodingPicture(
  definition: EncodingDefinition,
  given: Partial<PictureOptions> = {},
): EncodingPicture {
  refuseUnknownNames("encodingPicture", given, { size: true, draws: true, seed: true });
  const { size = 48, draws = 8, seed = 1 } = given;
  const options = { size, draws, seed };
  const trainLength = Math.max(64, size);
  const within = pictureAt(definition, trainLength, options);
  if (within.parts.length === 0 || !within.parts.every(isEmpty)) return within;
  // Some encodings change scores only beyond the train length.
  const short = Math.ceil(size / 4);
  const beyond = pictureAt(definition, short, options);
  const words = beyond.parts.every(isEmpty)
    ? `It changes no score at these positions.`
    : `Up to its train length it changes no score: the picture is of a model trained at length ${short}.`;
  return { ...beyond, notes: [words, ...beyond.notes] };
}

function pictureAt(
  definition: EncodingDefinition,
  trainLength: number,
  options: PictureOptions,
): EncodingPicture {
  const model = languageModel(transformerConfig(sizes), definition, trainLength);
  const purpose = "a picture is drawn of a model with at most";
  refuseManyParameters(model.parameters.specs, model.encoding.id, { most: 10_000_000, purpose });
  const values = firstValues(model, options.seed);
  const likeness = likenessOfInputs(model, values, options);
  const effect = effectOnScores(model, values, options);
  const parts: PicturePart[] = [];
  if (likeness)
    parts.push({ of: "inputs", caption: captions.inputs, layers: [], planes: [likeness.plane] });
  if (effect)
    for (const { layers, planes } of alikeLayers(effect))
      parts.push({ of: "scores", caption: captions[contentOf(model)!], layers, planes });
  const { heads, layers } = sizes;
  return { size: options.size, heads, layers, parts, notes: notesOf(model, likeness, options) };
}

function isEmpty({ planes }: PicturePart): boolean {
  return planes.every((plane) => plane.every((value) => value === 0 || Number.isNaN(value)));
}

/** What the numbers of a part are. */
export const captions = {
  inputs: "likeness of the position vectors",
  none: "added to the scores",
  constant: "change of a vector’s score with itself",
  random: "change of a vector’s score with itself",
} as const;

function notesOf(
  model: LanguageModel,
  likeness: Likeness | undefined,
  { draws, seed }: PictureOptions,
): string[] {
  const { encoding, config } = model;
  const content = contentOf(model);
  const ofLayers = Array.from(
    { length: config.layers },
    (_, layer) => encoding.at?.(layer) ?? encoding,
  );
  const zeros = encoding.parameters.filter(({ initial }) => isZero(initial));
  const names = zeros.map(({ name }) => name);
  const notes: string[] = [];
  if (content === "constant")
    notes.push(
      "Every query and key is the same vector of equal components; without the encoding its score " +
        "with itself is 1 at every distance.",
    );
  if (content === "random")
    notes.push(
      `Every query and key is the same random vector, whose score with itself is 1 without the encoding` +
        `${ofLayers.some((own) => own.tokenState !== undefined) ? "; layer inputs are random" : ""}: the mean over ${draws} draws (seed ${seed}).`,
    );
  if (ofLayers.some((own) => own.valueTerm !== undefined || own.rotateValue !== undefined))
    notes.push("What it does to the values is not drawn.");
  if (likeness?.readsTokens) notes.push(`The tokens are "${sampleText.trim()}", again and again.`);
  if (encoding.sampling)
    notes.push(`Positions are drawn: the mean over ${draws} draws (seed ${seed}).`);
  if (encoding.parameters.length > names.length)
    notes.push(`Learned tensors have their first values (seed ${seed}): nothing was trained.`);
  if (names.length > 0)
    notes.push(
      `${names.join(", ")} start${names.length === 1 ? "s" : ""} at zero and ` +
        `${names.length === 1 ? "is" : "are"} drawn from N(0, ${deviation}²) here.`,
    );
  return notes;
}

/** First values of every parameter, layers alike, and small random ones where the encoding's start at zero. */
function firstValues(model: LanguageModel, seed: number): Map<Tensor, Value> {
  const own = new Map(model.encoding.parameters.map((spec) => [spec.name, spec]));
  return new Map(
    model.parameters.specs.map((spec) => {
      const name = spec.name.replace(/^blocks\.\d+\./, "");
      const data = own.has(name) && isZero(spec.initial) ? sampled(spec, name, seed) : undefined;
      return [
        model.parameters.get(spec.name),
        {
          shape: spec.shape,
          data: Float64Array.from(data ?? initialValues({ ...spec, name }, seed)),
        },
      ];
    }),
  );
}

function sampled({ shape, range }: ParameterSpec, name: string, seed: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const { min = -Infinity, max = Infinity } = range ?? {};
  return random(seed, "picture", "parameter", name)
    .normalArray(count, deviation)
    .map((value) => Math.min(Math.max(value, min), max));
}

function isZero(initial: Initial): boolean {
  return (
    initial.kind === "zeros" ||
    (initial.kind === "values" && initial.values.every((value) => value === 0))
  );
}

/** Layers in groups of equal pictures, in the order of their first. */
function alikeLayers(
  effect: readonly (readonly Plane[])[],
): { readonly layers: number[]; readonly planes: readonly Plane[] }[] {
  const groups: { readonly layers: number[]; readonly planes: readonly Plane[] }[] = [];
  effect.forEach((planes, layer) => {
    const group = groups.find((each) =>
      each.planes.every((plane, head) => samePlane(plane, planes[head]!)),
    );
    if (group) group.layers.push(layer);
    else groups.push({ layers: [layer], planes });
  });
  return groups;
}

function samePlane(a: Plane, b: Plane): boolean {
  return a.every((value, at) => Object.is(value, b[at]) || Math.abs(value - b[at]!) < 1e-12);
}
