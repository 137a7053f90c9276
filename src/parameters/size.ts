/**
 * How large the parameters of a model are, and which is the largest.
 *
 * @module
 */
import { countInWords } from "../memory.ts";
import { elementCount } from "../tensor/shape.ts";
import type { ParameterSpec } from "./spec.ts";

/** Of a float32 and of an int32. */
export const bytesPerNumber = 4;

/** Numbers in all tensors. */
export function countOf(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** The largest of the tensors, and what to lower so that it shrinks: two sentences. */
export function largestInWords(specs: readonly ParameterSpec[], who: string): string {
  const largest = specs.reduce((a, b) => (elementCount(b.shape) > elementCount(a.shape) ? b : a));
  const { name, shape } = largest;
  const words = `The largest is ${name} [${shape.map(countInWords).join(", ")}].`;
  const rows = Math.max(...shape);
  // The options are written in the id of an encoding: learned(maxLength=1000).
  const option = new RegExp(`(\\w+)=${rows}\\b`).exec(who)?.[1];
  if (option !== undefined) return `${words} Lower ${option}.`;
  if (/^(tokens|head)\./.test(name))
    return `${words} Choose a smaller width or vocabulary, such as that of bytes.`;
  return /(^|\.)position\./.test(name)
    ? `${words} Lower the options of ${who} that set its size, or the train length.`
    : `${words} Choose a smaller width or fewer layers.`;
}
