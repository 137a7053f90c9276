/**
 * The checks of every encoding of the list, by its id: `test/encodings/checks/<id>.ts`.
 *
 * @module
 */
import { encodings } from "../../src/encodings/index.ts";
import type { CheckModule } from "./check.ts";

const modules = new Map<string, CheckModule>(
  await Promise.all(
    encodings.map(async ({ id }): Promise<[string, CheckModule]> => [
      id,
      (await import(`./checks/${id}.ts`)) as CheckModule,
    ]),
  ),
);

/** The check module of an encoding. */
export function checksOf(id: string): CheckModule {
  const module = modules.get(id);
  if (module === undefined)
    throw new Error(`encoding "${id}" has no checks. Add test/encodings/checks/${id}.ts.`);
  return module;
}
