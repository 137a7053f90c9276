/**
 * Calls of an encoding's hooks, with what they return checked.
 *
 * A hook that a user wrote may return nothing, or a number: here the message can still name the encoding and
 * the hook, where the first operator that reads the result could not.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { printShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Hooks that return one tensor. */
export type TensorHook =
  | "embed"
  | "rotate"
  | "rotateValue"
  | "rotateOutput"
  | "product"
  | "rewrite"
  | "contentBias"
  | "bias"
  | "layerBias"
  | "combine"
  | "valueTerm";

/** Hooks that return tensors by name. */
export type StateHook = "tokenState" | "prepareTokenState";

type Hook<Name extends TensorHook | StateHook> = NonNullable<PositionEncoding[Name]>;

/**
 * What a hook returns, or undefined where the encoding does not have it.
 *
 * @throws {RangeError} where the hook returns something else than it must, with the encoding's and the hook's name.
 */
export function callHook<Name extends TensorHook | StateHook>(
  encoding: PositionEncoding,
  name: Name,
  ...given: Parameters<Hook<Name>>
): ReturnType<Hook<Name>> | undefined {
  const hook = encoding[name] as ((...given: unknown[]) => unknown) | undefined;
  if (hook === undefined) return undefined;
  const result = hook.apply(encoding, given);
  if (name === "tokenState" || name === "prepareTokenState") checkState(encoding, name, result);
  else if (!isTensor(result)) throw wrong(encoding, name, "one tensor", describe(result));
  return result as ReturnType<Hook<Name>>;
}

/** @throws {RangeError} where `rotate` changed an axis other than the last. */
export function checkRotated(encoding: PositionEncoding, before: Tensor, after: Tensor): void {
  const kept =
    before.shape.length === after.shape.length &&
    before.shape.slice(0, -1).every((size, axis) => size === after.shape[axis]);
  if (!kept)
    throw wrong(
      encoding,
      "rotate",
      `vectors as many as it was given, ${printShape([...before.shape.slice(0, -1), "width"])}`,
      printShape(after.shape),
      `A rotation that treats heads differently declares rotatesByHead: true, and is then given keys of all heads.`,
    );
}

/**
 * What a hook turned.
 *
 * @throws {RangeError} where the hook changed the shape.
 */
export function checkTurned(
  encoding: PositionEncoding,
  hook: "rotateValue" | "rotateOutput",
  before: Tensor,
  after: Tensor,
): Tensor {
  const [given, returned] = [printShape(before.shape), printShape(after.shape)];
  if (given === returned) return after;
  throw wrong(
    encoding,
    hook,
    `vectors of the shape it was given, ${given}`,
    returned,
    `A rotation that treats heads differently declares rotatesByHead: true, and is then given values of all heads.`,
  );
}

function checkState(encoding: PositionEncoding, name: StateHook, result: unknown): void {
  const asked = "tensors by name, such as { gates }";
  if (typeof result !== "object" || result === null || isTensor(result))
    throw wrong(encoding, name, asked, describe(result));
  for (const [key, value] of Object.entries(result))
    if (!isTensor(value)) throw wrong(encoding, name, asked, `${describe(value)} as "${key}"`);
}

function wrong(
  { id }: PositionEncoding,
  hook: string,
  expected: string,
  returned: string,
  remedy = "Return the tensor that the hook computes; leave the hook out where it does nothing.",
): RangeError {
  return new RangeError(
    `${id}: its hook "${hook}" must return ${expected}, but it returned ${returned}. ${remedy}`,
  );
}

function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === "object" &&
    value !== null &&
    "node" in value &&
    "dtype" in value &&
    "shape" in value &&
    Array.isArray(value.shape)
  );
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (isTensor(value)) return "one tensor";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object") return `an object { ${Object.keys(value).join(", ")} }`;
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? `the number ${value}` : `a ${typeof value}`;
}
