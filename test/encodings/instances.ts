/**
 * The encodings of the contract tests: every one of the list as it comes, and with the options that
 * change what it computes.
 *
 * @module
 */
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { checksOf } from "./registry.ts";

/** One encoding with options. */
export interface Instance {
  readonly name: string;
  readonly definition: EncodingDefinition;
  readonly options: object;
}

/** All instances, in the order of the list. */
export const instances: readonly Instance[] = encodings.flatMap((definition) =>
  [{}, ...(checksOf(definition.id).variants ?? [])].map((options) => ({
    name: [definition.id, ...Object.entries(options).map(([k, v]) => `${k} ${describe(v)}`)].join(
      ", ",
    ),
    definition,
    options,
  })),
);

function describe(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
