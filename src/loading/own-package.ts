/**
 * Lets a user's module import "relpos", wherever the file is, and get this very copy.
 *
 * A second copy would not work: operators are compared by identity. In this repository the name would
 * lead to a build that may not be there.
 *
 * @module
 */
import module from "node:module";

const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
const entries: Readonly<Record<string, string>> = {
  relpos: new URL(`../index.${suffix}`, import.meta.url).href,
  "relpos/browser": new URL(`../browser.${suffix}`, import.meta.url).href,
};

/** Modules of users by address; their TypeScript is a module whatever the nearest package.json says. */
const typescript = new Set<string>();
let registered = false;

/** To be called before the module of that address is imported. */
export function prepareImport(address: string): void {
  if (/\.m?ts$/.test(address)) typescript.add(address);
  if (registered) return;
  registered = true;
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const entry = entries[specifier];
      if (entry !== undefined) return { url: entry, shortCircuit: true };
      // Without a format, Node guesses it and says so on standard error.
      if (typescript.has(specifier))
        return { url: specifier, format: "module-typescript", shortCircuit: true };
      return nextResolve(specifier, context);
    },
  });
}
