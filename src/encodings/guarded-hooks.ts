/**
 * The hooks of an encoding, with what they throw and what they return checked.
 *
 * A hook that a user wrote may fail on a shape, or return nothing, a number or a promise. Here the message can still
 * name the file, the encoding and the hook; the first operator that reads the result could not.
 *
 * @module
 */
import { joined } from "../options/joined.ts";
import { printShape } from "../tensor/shape.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import {
  expectedInWords,
  expectedOf,
  fits,
  isTensor,
  stateHooks,
  tensorHooks,
  tensorsGiven,
} from "./hook-results.ts";
import type { StateHook, TensorHook } from "./hook-results.ts";
import { describe, guard, HookError, remedyFor, speakerOf, speaking, wrong } from "./hook-error.ts";
import type { HookOwner } from "./hook-error.ts";
import type { PositionEncoding } from "./position-encoding.ts";

/** The same encoding, whose hooks throw a HookError or an error of the encoding's own words. */
export function guardHooks(encoding: PositionEncoding, owner: HookOwner): PositionEncoding {
  const guarded: Record<string, unknown> = { ...encoding };
  for (const name of tensorHooks)
    if (encoding[name] !== undefined)
      guarded[name] = (...given: unknown[]) => callTensorHook(encoding, name, given, owner);
  for (const name of stateHooks)
    if (encoding[name] !== undefined)
      guarded[name] = (...given: unknown[]) => callStateHook(encoding, name, given, owner);
  const { sampling } = encoding;
  if (sampling !== undefined)
    guarded["sampling"] = {
      ...sampling,
      positions: (...given: Parameters<typeof sampling.positions>) => {
        const result: unknown = guard(encoding, "sampling", owner, "", () =>
          sampling.positions(...given),
        );
        if (Array.isArray(result) || ArrayBuffer.isView(result)) return result;
        throw wrong(
          encoding,
          "sampling",
          owner,
          "a list of positions",
          describe(result),
          remedyFor(result),
        );
      },
    };
  if (encoding.at !== undefined) {
    // Layers that share an encoding still share it: a bias of all layers is computed once.
    const layers = new Map<PositionEncoding, PositionEncoding>();
    guarded["at"] = (layer: number) => {
      const own = guard(encoding, "at", owner, "", () => encoding.at!(layer));
      const known = layers.get(own) ?? guardHooks(own, owner);
      layers.set(own, known);
      return known;
    };
  }
  return guarded as unknown as PositionEncoding;
}

function callTensorHook(
  encoding: PositionEncoding,
  hook: TensorHook,
  given: readonly unknown[],
  owner: HookOwner,
): Tensor {
  const tensors = tensorsGiven(hook, given);
  const expected = expectedOf(hook, given, encoding, owner.shape);
  const asked = expected === undefined ? "one tensor" : expectedInWords(expected);
  const result: unknown = guard(encoding, hook, owner, callInWords(tensors, asked), () =>
    (encoding[hook] as (...given: unknown[]) => unknown).apply(encoding, [...given]),
  );
  if (!isTensor(result))
    throw wrong(
      encoding,
      hook,
      owner,
      expected === undefined ? asked : `one tensor, ${asked}`,
      describe(result),
      remedyFor(result),
    );
  if (result.dtype !== "float32" || (expected && !fits(result.shape, expected)))
    throw wrong(
      encoding,
      hook,
      owner,
      asked,
      `${result.dtype} ${printShape(result.shape)}`,
      `${expected?.remedy ?? "Change the axes of its result."}${rowsInWords(tensors)}`,
    );
  refuseNaN(encoding, hook, owner, result, new Set(tensors.map(([, tensor]) => tensor)));
  return result;
}

function callStateHook(
  encoding: PositionEncoding,
  hook: StateHook,
  given: readonly unknown[],
  owner: HookOwner,
): Readonly<Record<string, Tensor>> {
  const asked = "tensors by name, such as { gates }";
  const result: unknown = guard(
    encoding,
    hook,
    owner,
    callInWords(tensorsGiven(hook, given), asked),
    () => (encoding[hook] as (...given: unknown[]) => unknown).apply(encoding, [...given]),
  );
  if (!isRecord(result))
    throw wrong(encoding, hook, owner, asked, describe(result), remedyFor(result));
  const entries = Object.entries(result);
  for (const [name, value] of entries)
    if (!isTensor(value))
      throw wrong(encoding, hook, owner, asked, `${describe(value)} as "${name}"`);
  if (hook === "tokenState") checkDeclared(encoding, owner, entries as [string, Tensor][]);
  return result as Readonly<Record<string, Tensor>>;
}

/** What is kept of each token is declared in `cache.tokenState`, since a decoder makes room for it. */
function checkDeclared(
  encoding: PositionEncoding,
  owner: HookOwner,
  entries: readonly (readonly [name: string, tensor: Tensor])[],
): void {
  const { keys, tokenState: declared = [] } = encoding.cache;
  if (keys === "recompute" && declared.length === 0) return;
  const printed = (name: string, heads: number, width: number): string =>
    `${name} [batch, ${heads}, length, ${width}]`;
  const fitting =
    entries.length === declared.length &&
    declared.every(({ name, heads, width }) =>
      entries.some(
        ([own, { shape }]) =>
          own === name && shape.length === 4 && shape[1] === heads && shape[3] === width,
      ),
    );
  if (fitting) return;
  throw wrong(
    encoding,
    "tokenState",
    owner,
    declared.length === 0
      ? "what cache.tokenState declares, which is nothing"
      : `what cache.tokenState declares, ${joined(
          declared.map(({ name, heads, width }) => printed(name, heads, width)),
          "and",
        )}`,
    joined(
      entries.map(([name, { shape }]) => `${name} ${printShape(shape)}`),
      "and",
    ) || "no tensor",
    "Declare each tensor as { name, heads, width }, and return it as [batch, heads, length, width].",
  );
}

/** What a call was given, and what it must return. */
function callInWords(
  tensors: readonly (readonly [name: string, tensor: Tensor])[],
  asked: string,
): string {
  const given = new Map(tensors.map(([name, { shape }]) => [name, printShape(shape)]));
  const listed = [...given].map(([name, shape]) => `${name} ${shape}`);
  return (
    ` It was given ${joined(listed, "and") || "no tensor"}, and must return ${asked}.` +
    rowsInWords(tensors)
  );
}

/** What a padded batch changes, where it is one. */
function rowsInWords(tensors: readonly (readonly [name: string, tensor: Tensor])[]): string {
  return tensors.some(([name, { shape }]) => name === "queries.tensor" && shape.length === 2)
    ? " In a padded batch each text has positions of its own: positions are [batch, length], and distance is " +
        "[batch, 1, query, key]. Count axes from the last one."
    : "";
}

/** Nodes whose numbers were looked through. */
const read = new WeakSet<Node>();

/** Refuses a number that is NaN while the graph is built, as of `Math.sqrt(-1)`. */
function refuseNaN(
  encoding: PositionEncoding,
  hook: TensorHook,
  { source }: HookOwner,
  result: Tensor,
  given: ReadonlySet<Tensor>,
): void {
  for (const node of nodesOf([result], given)) {
    if (read.has(node)) continue;
    read.add(node);
    const { data, value } = node.attributes as { data?: ArrayLike<number>; value?: unknown };
    const numbers = typeof value === "number" ? [value] : data;
    const at = numbers === undefined ? -1 : Array.prototype.findIndex.call(numbers, Number.isNaN);
    if (at < 0) continue;
    read.delete(node);
    const [constant] = node.outputs;
    throw speaking(
      new HookError(
        hook,
        `${speakerOf(encoding, source)}: its hook "${hook}" uses the number NaN, element ${at} of a constant ` +
          `${printShape(constant?.shape ?? [])}. It is computed outside the graph: look for roots and logarithms of ` +
          `negative numbers, 0 / 0, and properties that do not exist.`,
      ),
    );
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  return !isTensor(value) && !Array.isArray(value) && !(value instanceof Promise);
}
