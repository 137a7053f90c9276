/**
 * What keeps two programs from sharing one state.
 *
 * @module
 */
import { inputName } from "../operators/source.ts";
import { printShape, sameShape } from "../tensor/shape.ts";
import { stateInputs } from "./session.ts";
import type { StateSlot } from "./session.ts";

type Slots = Readonly<Record<string, StateSlot>>;

/** Why two programs cannot share state, or undefined if they can. */
export function differenceOf(slots: Slots, given: Slots): string | undefined {
  for (const name of new Set([...Object.keys(slots), ...Object.keys(given)])) {
    const [a, b] = [slots[name], given[name]];
    if (a === undefined || b === undefined) return `only one has the slot "${name}"`;
    if ((a.kind ?? "replaced") !== (b.kind ?? "replaced"))
      return `"${name}" is ${a.kind ?? "replaced"} in one and ${b.kind ?? "replaced"} in the other`;
    const [inputs, others] = [stateInputs(a), stateInputs(b)];
    if (inputs.length !== others.length) return `only one has a recent part of "${name}"`;
    for (const [at, input] of inputs.entries()) {
      const other = others[at]!;
      if (inputName(input) !== inputName(other))
        return `"${name}" is the input "${inputName(input)}" in one and "${inputName(other)}" in the other`;
      if (!sameShape(input.shape, other.shape))
        return `"${name}" is ${printShape(input.shape)} in one and ${printShape(other.shape)} in the other`;
    }
  }
  return undefined;
}
