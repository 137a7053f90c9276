/**
 * Finds the encoding among what a module exports, and says what is wrong with it.
 *
 * @module
 */
import { definitionFaults } from "../encodings/check-encoding.ts";
import { defineFrom } from "../encodings/define-encoding.ts";
import type { EncodingDeclaration } from "../encodings/define-encoding.ts";
import { encodings } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError } from "../errors.ts";
import type { OptionFields } from "../options/option.ts";
import { joined } from "../options/joined.ts";

const needed =
  'Export what defineEncoding makes, as default or as "encoding": id, family, summary, formula, paper, create';

/**
 * The definition in a module's exports.
 *
 * @param source the module's name, for messages
 * @throws {InputError} that says what is exported, or what is wrong with the export
 */
export function definitionIn(
  exported: Readonly<Record<string, unknown>>,
  source: string,
): EncodingDefinition {
  const found = exported["default"] ?? exported["encoding"];
  if (found === undefined) throw new InputError(`${source} ${listed(exported)}. ${needed}.`);
  const name = exported["default"] === undefined ? '"encoding"' : "default export";
  if (!isObject(found))
    throw new InputError(`${source}: its ${name} is ${kindOf(found)}. ${needed}.`);
  const faults = definitionFaults(found);
  if (faults.length > 0)
    throw new InputError(`${source}: its ${name} ${joined(faults, "and")}. ${needed}.`);
  const declaration = found as unknown as EncodingDeclaration<OptionFields>;
  const { id } = declaration;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    throw new InputError(
      `${source}: its id "${id}" must be small letters, digits and hyphens. Rename it.`,
    );
  if (encodings.some((known) => known.id === id))
    throw new InputError(`${source}: its id "${id}" is one of the list. Give it an id of its own.`);
  return defineFrom(declaration, source);
}

function listed(exported: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exported);
  return names.length === 0
    ? "exports nothing"
    : `exports ${names.join(", ")}, but no default and no "encoding"`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
