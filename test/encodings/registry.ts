/**
 * The checks of every encoding of the list, by its id: `test/encodings/checks/<id>.ts`, or the generic check where
 * that file is absent.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { encodings } from "../../src/encodings/index.ts";
import type { CheckModule } from "./check.ts";
import { genericCheck } from "./generic-check.ts";

const modules = new Map<string, CheckModule>(
  await Promise.all(
    encodings.map(async ({ id }): Promise<[string, CheckModule]> => [id, await moduleOf(id)]),
  ),
);

/** The check module of an encoding. */
export function checksOf(id: string): CheckModule {
  const module = modules.get(id);
  if (module === undefined)
    throw new Error(`encoding "${id}" is not in the list, so it has no checks.`);
  return module;
}

async function moduleOf(id: string): Promise<CheckModule> {
  const own = new URL(`./checks/${id}.ts`, import.meta.url);
  if (!existsSync(own)) return genericCheck(id);
  return (await import(`./checks/${id}.ts`)) as CheckModule;
}
