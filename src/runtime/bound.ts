/**
 * The runtime that calls use unless they are given another: the one whose package was loaded.
 *
 * `runtime/node.ts` and `runtime/browser.ts` bind their `compile` when they are loaded, which both entry points
 * do. So `compile` need not be an argument of every call.
 *
 * @module
 */
import type { Compile } from "./session.ts";

let bound: Compile | undefined;

/** Makes `compile` the runtime of every call that is not given one. */
export function bindCompile(compile: Compile): void {
  bound = compile;
}

/**
 * Compiles with the bound runtime.
 *
 * @throws {Error} no runtime was loaded
 */
export const compileBound: Compile = async (graph, options) => {
  if (bound === undefined)
    throw new Error(
      `runtime: none is loaded. Import "relpos" in Node or "relpos/browser" in a page, or pass \`compile\`.`,
    );
  return await bound(graph, options);
};
