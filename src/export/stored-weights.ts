/**
 * The weights of a model as the tensors of a family's file, each made when it is written.
 *
 * @module
 */
import type { StoredDtype } from "../checkpoints/safetensors.ts";
import { bfloat16Of, float16Of } from "../checkpoints/half-precision.ts";
import { InputError } from "../errors.ts";
import type { DecoderFamily } from "../families/family.ts";
import { placeValues } from "../families/place-values.ts";
import { sourceOf, storedShape } from "../families/tensor-source.ts";
import type { TensorMap, TensorSource } from "../families/tensor-source.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Weights } from "../parameters/weights.ts";
import type { FloatType } from "./formats.ts";

/** A tensor of a file. */
export interface MadeTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** @throws {InputError} a value is too large for the type */
  readonly bytes: () => Uint8Array;
}

/** What is written. */
export interface StoredWeightsRequest {
  readonly family: Pick<DecoderFamily, "name" | "prefix">;
  /** Those of the family's model; biases that the weights lack are 0. */
  readonly specs: readonly ParameterSpec[];
  readonly tensors: TensorMap;
  readonly weights: Weights;
  readonly type: FloatType;
  /** Names under which the table of tokens is written once more, after the prefix. Default: none. */
  readonly copies?: readonly string[];
  /** Whether a tensor gets the first of its names, and not the last, which older files have. Default false. */
  readonly firstNames?: boolean;
}

interface Placed {
  readonly spec: ParameterSpec;
  readonly source: TensorSource;
}

/** Types of weights by the format's names. */
const dtypes = { float32: "F32", float16: "F16", bfloat16: "BF16" } as const;

/** The tensors by name. */
export function storedWeights(request: StoredWeightsRequest): ReadonlyMap<string, MadeTensor> {
  const { family, specs, tensors, weights, type, copies = [], firstNames } = request;
  const placed = new Map<string, Placed[]>();
  for (const spec of specs) {
    const source = sourceOf(spec.name, tensors);
    if (source === undefined)
      throw new Error(`${family.name}: its declaration has no tensor for ${spec.name}.`);
    // The name in older files, which newer programs read too.
    const own = (firstNames ? undefined : source.others?.at(-1)) ?? source.name;
    const name = source.bare ? own : `${family.prefix}${own}`;
    placed.set(name, [...(placed.get(name) ?? []), { spec, source }]);
  }
  const table = placed.get(`${family.prefix}${tensors["tokens"]?.name}.weight`);
  if (table !== undefined) for (const copy of copies) placed.set(`${family.prefix}${copy}`, table);
  return new Map(
    [...placed].map(([name, parts]) => {
      const [{ spec, source }] = parts as [Placed];
      const shape = storedShape(spec.shape, source);
      const make = (): Float32Array => {
        const stored = new Float32Array(shape.reduce((product, size) => product * size, 1));
        for (const part of parts) {
          const own = weights.get(part.spec.name)?.data;
          if (own !== undefined) placeValues(stored, own, part.spec.shape, part.source);
        }
        return stored;
      };
      return [name, { dtype: dtypes[type], shape, bytes: () => asType(make(), type, name) }];
    }),
  );
}

/**
 * The bytes of values in a type.
 *
 * @param name of the tensor, for the error
 * @throws {InputError} a finite value is too large for the type
 */
export function asType(values: Float32Array, type: FloatType, name: string): Uint8Array {
  const rounded =
    type === "float32" ? values : type === "float16" ? float16Of(values) : bfloat16Of(values);
  if (type !== "float32") refuseOverflow(values, rounded as Uint16Array, type, name);
  return new Uint8Array(rounded.buffer, rounded.byteOffset, rounded.byteLength);
}

/** @throws {InputError} a finite value became infinite */
function refuseOverflow(
  values: Float32Array,
  rounded: Uint16Array,
  type: FloatType,
  name: string,
): void {
  const infinite = type === "float16" ? 0x7c00 : 0x7f80;
  const at = rounded.findIndex((half) => (half & 0x7fff) === infinite);
  if (at < 0 || !Number.isFinite(values[at]!)) return;
  throw new InputError(
    `export: the tensor ${name} has ${values[at]!.toPrecision(6)}, which ${type} does not hold. Choose another --dtype.`,
  );
}
