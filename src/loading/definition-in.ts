/**
 * Finds the encoding among what a module exports, and says what is missing in it.
 *
 * @module
 */
import { encodings } from "../encodings/index.ts";
import type {
  EncodingDefinition,
  EncodingFamily,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import { InputError } from "../errors.ts";

const needed =
  'Export an EncodingDefinition as default or as "encoding": id, family, summary, formula, paper, create';

const families: readonly EncodingFamily[] = [
  "none",
  "input",
  "bias",
  "content",
  "rotary",
  "combined",
];

/** What each field must be, and whether a value is. */
const fields: Readonly<Record<keyof EncodingDefinition, [string, (value: unknown) => boolean]>> = {
  id: ["a name of small letters, digits and hyphens", isId],
  family: [`one of ${families.join(", ")}`, (value) => families.includes(value as EncodingFamily)],
  summary: ["a sentence", isText],
  formula: ["plain text", isText],
  paper: ["{ title: … }", (value) => isObject(value) && isText(value["title"])],
  create: ["a function", (value) => typeof value === "function"],
};

/**
 * The definition in a module's exports.
 *
 * @param source the module's name, for messages
 * @throws InputError that says what is exported, or what the export lacks
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
  const faults = Object.entries(fields).flatMap(([field, [words, fits]]) =>
    fits(found[field])
      ? []
      : [found[field] === undefined ? `no ${field} (${words})` : `${field} is not ${words}`],
  );
  if (faults.length > 0)
    throw new InputError(
      `${source}: its ${name} is no EncodingDefinition: ${faults.join(", ")}. ${needed}.`,
    );
  const definition = found as unknown as EncodingDefinition;
  if (encodings.some(({ id }) => id === definition.id))
    throw new InputError(
      `${source}: its id "${definition.id}" is one of the list. Give it an id of its own.`,
    );
  return { ...definition, create: guarded(definition, source) };
}

/** `create` whose faults are told of with the file's name, before any training. */
function guarded(definition: EncodingDefinition, source: string): EncodingDefinition["create"] {
  return (shape, options) => {
    let made: unknown;
    try {
      made = definition.create(shape, options);
    } catch (cause) {
      if (cause instanceof RangeError) throw cause; // what it says of sizes that do not fit
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new InputError(`${source}: create failed: ${words}. Mend it.`, { cause });
    }
    const faults = faultsOf(made, definition.id);
    if (faults.length > 0)
      throw new InputError(`${source}: what create returns needs ${faults.join(", ")}.`);
    return made as PositionEncoding;
  };
}

function faultsOf(made: unknown, id: string): string[] {
  if (!isObject(made)) return ["to be an object"];
  const { parameters, cache, shiftInvariant } = made;
  return [
    ...(made["id"] === id ? [] : [`id "${id}"`]),
    ...(Array.isArray(parameters) ? [] : ["parameters (a list, empty where nothing is learned)"]),
    ...(isObject(cache) && isText(cache["keys"]) ? [] : ['cache (such as { keys: "either" })']),
    ...(typeof shiftInvariant === "boolean" ? [] : ["shiftInvariant (true or false)"]),
  ];
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

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isId(value: unknown): boolean {
  return typeof value === "string" && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
}
