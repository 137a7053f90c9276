/**
 * What an extension changed, measured in the model before and in the model after.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { measureRotation } from "./measured-rotation.ts";
import type { MeasuredRotation, Pairs } from "./measured-rotation.ts";

/** Before and after. */
export interface BeforeAfter<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** What changed in layers that are alike. */
export interface LayerProof {
  /** From 0. */
  readonly layers: readonly number[];
  readonly pairs: Pairs;
  readonly rotation: BeforeAfter<MeasuredRotation>;
}

/** What changed in scores. */
export interface EncodingProof {
  /** Layers that the method extends; those that do not rotate, or see a window of the text, stay as they are. */
  readonly extended: readonly LayerProof[];
}

/** What is compared. */
export interface EncodingProofRequest {
  readonly before: LanguageModel;
  readonly after: LanguageModel;
  /** The pairs of each layer; undefined for a layer that the method does not concern. */
  readonly pairs: readonly (Pairs | undefined)[];
  /** Distances to measure at. */
  readonly distances: readonly number[];
  /** The method and its factor, for messages. */
  readonly what: string;
}

/** Relative differences up to this are rounding: tables of cosines are float32. */
const rounding = 1e-6;

/**
 * Measures both models.
 *
 * @throws {InputError} the method changes nothing in a layer that it concerns
 */
export function proveEncoding(request: EncodingProofRequest): EncodingProof {
  const { before, after, pairs, distances, what } = request;
  const alike = new Map<string, number[]>();
  pairs.forEach((own, layer) => {
    if (own === undefined) return;
    // Layers with one encoding in both models are measured once.
    const key = `${idOf(before, layer)} ${idOf(after, layer)} ${own.rotated} ${own.layout}`;
    alike.set(key, [...(alike.get(key) ?? []), layer]);
  });
  const extended = [...alike.values()].map((layers): LayerProof => {
    const layer = layers[0]!;
    const measured = (model: LanguageModel): MeasuredRotation =>
      measureRotation(model, layer, pairs[layer]!, distances);
    const rotation = { before: measured(before), after: measured(after) };
    if (!differs(rotation))
      throw new InputError(
        `extend: ${what} changes nothing: frequencies, attention factor and the cosines at distances up to ` +
          `${Math.max(...distances)} are those of before. Choose another factor, other options or another method.`,
      );
    return { layers, pairs: pairs[layer]!, rotation };
  });
  return { extended };
}

/** The largest relative difference between two measures. */
export function largestDifference(a: MeasuredRotation, b: MeasuredRotation): number {
  const numbers = ({ frequencies, attentionFactor, distances }: MeasuredRotation): number[] => [
    ...frequencies,
    attentionFactor,
    ...distances.flatMap(({ cosines, magnitude }) => [...cosines, magnitude]),
  ];
  const [first, second] = [numbers(a), numbers(b)];
  return Math.max(
    ...first.map((value, at) => {
      const scale = Math.max(Math.abs(value), Math.abs(second[at]!));
      return scale === 0 ? 0 : Math.abs(value - second[at]!) / scale;
    }),
  );
}

/** Whether two extensions of a model give the same rotations. */
export function sameRotations(a: EncodingProof, b: EncodingProof): boolean {
  return a.extended.every(({ layers, rotation: { after } }) => {
    const other = b.extended.find((each) => each.layers.includes(layers[0]!));
    return other !== undefined && !differs({ before: after, after: other.rotation.after });
  });
}

function differs({ before, after }: BeforeAfter<MeasuredRotation>): boolean {
  return largestDifference(before, after) > rounding;
}

function idOf({ encoding }: LanguageModel, layer: number): string {
  return (encoding.at?.(layer) ?? encoding).id + serial(encoding.at?.(layer) ?? encoding);
}

/** A number for each object: ids do not say options. */
const serials = new WeakMap<object, number>();
let next = 0;
function serial(of: object): number {
  const known = serials.get(of) ?? next++;
  serials.set(of, known);
  return known;
}
