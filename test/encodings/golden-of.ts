/**
 * The golden source of every encoding of the list: `test/golden/<id>.json`, which a reference implementation answered,
 * or `test/encodings/golden/<id>.ts`, the encoding's own formula in float64 loops.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { encodings } from "../../src/encodings/index.ts";
import { readGolden } from "../golden/golden.ts";
import type { FormulaGolden } from "./formula.ts";

const sources = new Map<string, FormulaGolden>(
  await Promise.all(
    encodings.map(async ({ id }): Promise<[string, FormulaGolden]> => [id, await sourceOf(id)]),
  ),
);

/** The golden cases of an encoding, and for a formula its options for the contract. */
export function goldenOf(id: string): FormulaGolden {
  const golden = sources.get(id);
  if (golden === undefined) throw new Error(`encoding "${id}" is not in the list.`);
  return golden;
}

async function sourceOf(id: string): Promise<FormulaGolden> {
  if (existsSync(new URL(`../golden/${id}.json`, import.meta.url))) return readGolden(id);
  if (!existsSync(new URL(`./golden/${id}.ts`, import.meta.url)))
    throw new Error(
      `encoding "${id}" has no golden source. Add test/encodings/golden/${id}.ts with its formula, ` +
        `or test/golden/${id}.json, made by a generator in oracle/.`,
    );
  return ((await import(`./golden/${id}.ts`)) as { readonly golden: FormulaGolden }).golden;
}
