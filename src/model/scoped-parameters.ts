/**
 * Parameters of one half of a model, under the names that a stack knows.
 *
 * @module
 */
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What of `all` begins with `prefix`, without it: `decoder.norm.weight` becomes `norm.weight`. */
export function withoutPrefix(all: ParameterLookup, prefix: string): ParameterLookup {
  return {
    get: (name) => all.get(`${prefix}${name}`),
    find: (name) => all.find(`${prefix}${name}`),
    *entries(): Iterable<readonly [string, Tensor]> {
      for (const [name, tensor] of all.entries())
        if (name.startsWith(prefix)) yield [name.slice(prefix.length), tensor];
    },
  };
}

/** The same specs with `prefix` before each name. */
export function withPrefix(specs: readonly ParameterSpec[], prefix: string): ParameterSpec[] {
  return specs.map((spec) => ({ ...spec, name: `${prefix}${spec.name}` }));
}
