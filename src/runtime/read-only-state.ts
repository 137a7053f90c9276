/**
 * The read-only slots of one state: their numbers on the host and on the device, and those that are written into models.
 *
 * @module
 */
import { numericShape } from "./state-shapes.ts";
import type { Held } from "./held-state.ts";
import type { RuntimePackage } from "./runtime-package.ts";
import { firstValues } from "./session.ts";
import type { ReadOnlySlot, StateSlot } from "./session.ts";
import type { Transfer } from "./transfer.ts";

/** Read-only slots of a state. */
export class ReadOnlyState {
  readonly #slots: ReadonlyMap<string, ReadOnlySlot>;
  readonly #held: ReadonlyMap<string, Held>;
  readonly #runtime: RuntimePackage;
  readonly #transfer: Transfer;
  readonly #written = new Set<string>();

  constructor(
    slots: Readonly<Record<string, StateSlot>>,
    held: ReadonlyMap<string, Held>,
    runtime: RuntimePackage,
    transfer: Transfer,
  ) {
    this.#slots = new Map(
      Object.entries(slots).flatMap(([name, slot]) =>
        slot.kind === "readOnly" ? [[name, slot] as const] : [],
      ),
    );
    this.#held = held;
    this.#runtime = runtime;
    this.#transfer = transfer;
  }

  /** Gives the device what it does not have yet, and what no model of the next run has in it. */
  async upload(written: ReadonlySet<string>): Promise<void> {
    const absent = [...this.#slots].filter(
      ([name]) => !written.has(name) && this.#held.get(name)!.current === undefined,
    );
    const tensors = absent.map(
      ([name, slot]) =>
        [
          name,
          new this.#runtime.ort.Tensor(
            "float32",
            this.numbersOf(name, slot),
            numericShape(name, slot),
          ),
        ] as const,
    );
    for (const [name, tensor] of await this.#transfer.upload(new Map(tensors)))
      this.#held.get(name)!.current = tensor;
  }

  /** A slot's numbers for a model that is written with them; `requireOutside` refuses it from now on. */
  writeInto(name: string): Float32Array {
    this.#written.add(name);
    return this.numbersOf(name, this.#slots.get(name)!);
  }

  /** @throws {RangeError} the slot's numbers are in a compiled model */
  requireOutside(name: string): void {
    if (this.#written.has(name))
      throw new RangeError(
        `state "${name}" is written into a compiled model and cannot be replaced. Compile the graph again.`,
      );
  }

  /** The array of a slot: the one that was given, not a copy. */
  numbersOf(name: string, slot: ReadOnlySlot): Float32Array {
    const held = this.#held.get(name)!;
    const given = slot.initial instanceof Float32Array ? slot.initial : undefined;
    return (held.host ??= given ?? firstValues(slot));
  }
}
