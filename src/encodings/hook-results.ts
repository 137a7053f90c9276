/**
 * What each hook of an encoding is given and must return, for the checks of `guarded-hooks.ts`.
 *
 * @module
 */
import type { Dimension } from "../tensor/dimension.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttentionOperands, ModelShape, PositionEncoding } from "./position-encoding.ts";

/** Hooks that return one tensor. */
export const tensorHooks = [
  ...(["embed", "rotate", "rotateValue", "rotateOutput", "product", "rewrite"] as const),
  ...(["contentBias", "bias", "layerBias", "combine", "valueTerm"] as const),
] as const;

/** Hooks that return tensors by name. */
export const stateHooks = ["tokenState", "prepareTokenState"] as const;

/** A hook that returns one tensor. */
export type TensorHook = (typeof tensorHooks)[number];

/** A hook that returns tensors by name. */
export type StateHook = (typeof stateHooks)[number];

/** An axis of a result: a size, or a word where any size fits. */
export type Axis = Dimension | { readonly any: string };

/** What a hook must return: exactly this shape, or one that broadcasts to it. */
export interface Expected {
  readonly axes: readonly Axis[];
  readonly broadcasts?: boolean;
  /** What to do about another shape. */
  readonly remedy?: string;
}

const byHead = (what: string): string =>
  `A rotation that treats heads differently declares rotatesByHead: true, and is then given ${what} of all heads.`;

/** The tensors among a hook's arguments, by the names that the contract gives them. */
export function tensorsGiven(
  hook: TensorHook | StateHook,
  given: readonly unknown[],
): readonly (readonly [name: string, tensor: Tensor])[] {
  const names: Readonly<Record<string, readonly string[]>> = {
    embed: ["embeddings"],
    tokenState: ["x"],
    rotate: ["vectors"],
    rotateValue: ["value"],
    rotateOutput: ["output"],
    contentBias: ["operands", "scores"],
    combine: ["scores", "bias"],
    valueTerm: ["weights", "operands"],
    product: ["operands"],
    rewrite: ["operands"],
  };
  const found = given.slice(0, -1).flatMap((value, at): (readonly [string, Tensor])[] => {
    const name = names[hook]?.[at] ?? "positions";
    if (isTensor(value)) return [[name, value]];
    if (!isObject(value)) return [];
    if (isTensor(value["tensor"])) return [["positions", value["tensor"]]];
    return tensorsIn(value);
  });
  const context = given.at(-1);
  return [...found, ...(isObject(context) ? tensorsOfContext(context) : [])];
}

function tensorsOfContext(context: Plain): (readonly [string, Tensor])[] {
  // A getter is not called: some tell what a hook reads.
  const entry = (name: string): unknown => Object.getOwnPropertyDescriptor(context, name)?.value;
  const names = ["distance", "tokens", "pastTokens", "keyMask"];
  const [queries, keys] = [entry("queries"), entry("keys")];
  return [
    ...tensorsIn(Object.fromEntries(names.map((name) => [name, entry(name)]))),
    ...(isObject(queries) ? tensorsIn({ "queries.tensor": queries["tensor"] }) : []),
    ...(isObject(keys) ? tensorsIn({ "keys.tensor": keys["tensor"] }) : []),
  ];
}

/** Entries that are tensors, those of records among them (token states) included. */
function tensorsIn(record: Plain): (readonly [string, Tensor])[] {
  return Object.entries(record).flatMap(([name, value]): (readonly [string, Tensor])[] => {
    if (isTensor(value)) return [[name, value]];
    return isObject(value) && name.endsWith("State") ? tensorsIn(value) : [];
  });
}

/** What a hook must return beside these arguments; undefined where they do not tell. */
export function expectedOf(
  hook: TensorHook,
  given: readonly unknown[],
  encoding: PositionEncoding,
  shape: ModelShape,
): Expected | undefined {
  const [first, second] = given;
  switch (hook) {
    case "embed":
      return isTensor(first) ? embedded(first.shape, encoding) : undefined;
    case "rotate":
      return isTensor(first)
        ? { axes: [...first.shape.slice(0, -1), { any: "width" }], remedy: byHead("keys") }
        : undefined;
    case "rotateValue":
    case "rotateOutput":
      return isTensor(first) ? { axes: first.shape, remedy: byHead("values") } : undefined;
    case "product":
    case "rewrite":
      return isOperands(first) ? ofOperands(hook, first) : undefined;
    case "contentBias":
      return isTensor(second) ? { axes: second.shape, broadcasts: true } : undefined;
    case "combine":
      return isTensor(first) ? { axes: first.shape } : undefined;
    case "bias":
    case "layerBias":
      return biasOf(first, shape);
    case "valueTerm":
      return isTensor(first)
        ? { axes: [...first.shape.slice(0, -1), shape.headDim], broadcasts: true }
        : undefined;
  }
}

function embedded(x: Shape, { extraWidth = 0, tokenInput }: PositionEncoding): Expected {
  const width = x.at(-1);
  const known = typeof width === "number" && tokenInput !== "one-hot";
  return {
    axes: [...x.slice(0, -1), known ? width + extraWidth : { any: "model" }],
    remedy:
      extraWidth > 0
        ? `It declares extraWidth: ${extraWidth}, the columns that it appends.`
        : "An encoding that appends columns declares their number as extraWidth.",
  };
}

function ofOperands(hook: "product" | "rewrite", { query, key }: AttentionOperands): Expected {
  const [batch, heads, keys] = key.shape as [Dimension, Dimension, Dimension];
  return hook === "product"
    ? { axes: [...query.shape.slice(0, 3), keys] }
    : { axes: [batch, heads, keys, { any: "width" }] };
}

function biasOf(context: unknown, { heads }: ModelShape): Expected | undefined {
  const distance = isObject(context) ? context["distance"] : undefined;
  if (!isTensor(distance)) return undefined;
  const [query, key] = distance.shape.slice(-2) as [Dimension, Dimension];
  return { axes: [{ any: "batch" }, heads, query, key], broadcasts: true };
}

/** Whether a shape is as expected; symbols of sizes are equal where their text is. */
export function fits(shape: Shape, { axes, broadcasts = false }: Expected): boolean {
  if (broadcasts ? shape.length > axes.length : shape.length !== axes.length) return false;
  const last = axes.slice(axes.length - shape.length);
  return shape.every((size, axis) => {
    const wanted = last[axis]!;
    return typeof wanted === "object" || size === wanted || (broadcasts && size === 1);
  });
}

/** `float32 [2, 3, 7, width]`, `float32, anything that broadcasts to [batch, 3, 7, 7]`. */
export function expectedInWords({ axes, broadcasts }: Expected): string {
  const printed = `[${axes.map((axis) => (typeof axis === "object" ? axis.any : axis)).join(", ")}]`;
  return broadcasts ? `float32 that broadcasts to ${printed}` : `float32 ${printed}`;
}

type Plain = Readonly<Record<string, unknown>>;

function isOperands(value: unknown): value is AttentionOperands {
  return isObject(value) && isTensor(value["query"]) && isTensor(value["key"]);
}

/** Whether a value is a tensor of a graph. */
export function isTensor(value: unknown): value is Tensor {
  return isObject(value) && "node" in value && "dtype" in value && Array.isArray(value["shape"]);
}

function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
