/**
 * The names of a program: in a model, a name belongs to one tensor.
 *
 * @module
 */
import { inputName, nameFault } from "../operators/source.ts";
import { stateInputs } from "./session.ts";
import type { ProgramGraph } from "./session.ts";

/** The name of the output that replaces a state slot. */
export function nextName(slot: string): string {
  return `next:${slot}`;
}

/**
 * Checks that inputs, state and outputs have names of their own.
 *
 * @throws {RangeError} a name is empty or cannot be one, or two of them have it
 */
export function checkNames({ inputs, outputs, state = {} }: ProgramGraph): void {
  /** What a name is taken for, as the end of "has the name …". */
  const taken = new Map<string, string>();
  const claim = (name: string, owner: string, remedy: string, use = `of ${owner}`): void => {
    if (name === "")
      throw new RangeError(`compile: ${owner} has an empty name. Give it a name of its own.`);
    const fault = nameFault(name);
    if (fault !== undefined)
      throw new RangeError(`compile: ${owner} has a name that ${fault}. Give it another name.`);
    const other = taken.get(name);
    if (other !== undefined)
      throw new RangeError(`compile: ${owner} has the name ${other}. ${remedy}`);
    taken.set(name, use);
  };
  for (const tensor of inputs) {
    const name = inputName(tensor);
    // What is no input has no name; the writer of the model refuses it.
    if (name !== undefined)
      claim(name, `input "${name}"`, "List each input once, and give each its own name.");
  }
  for (const [slot, given] of Object.entries(state)) {
    for (const name of stateInputs(given).map((tensor) => inputName(tensor)!))
      claim(
        name,
        `input "${name}" of state "${slot}"`,
        "State is no input of a run: leave it out of `inputs`, or give one of them another name.",
      );
    if (given.kind === "readOnly") continue;
    const next = nextName(slot);
    const use = `under which state "${slot}" is replaced`;
    claim(next, `output "${next}"`, "Give the input another name.", use);
  }
  for (const name of Object.keys(outputs))
    claim(name, `output "${name}"`, `Give the output another name, such as "next ${name}".`);
}
