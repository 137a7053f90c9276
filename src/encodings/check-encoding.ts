/**
 * What the objects of an encoding must have: its definition, and the encoding that it creates. A member that is
 * unknown, missing or of another type is refused by name, with the nearest one that there is.
 *
 * @module
 */
import { nearestName } from "../errors.ts";
import { joined } from "../options/joined.ts";
import { givenInWords } from "../options/words.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import type {
  CacheRule,
  EncodingDefinition,
  EncodingFamily,
  PositionEncoding,
} from "./position-encoding.ts";

/** An object that is no definition of an encoding, or no encoding. */
export class EncodingError extends RangeError {
  override readonly name = "EncodingError";
}

/** What a member must be, in words and as a test. */
type Rule = readonly [words: string, fits: (value: unknown) => boolean, optional?: "optional"];
type Rules<Type> = Readonly<Record<keyof Type, Rule>>;
type Plain = Readonly<Record<string, unknown>>;

const text: Rule = ["text", isText];
const hook: Rule = ["a function", (value) => typeof value === "function", "optional"];
const truth: Rule = ["true or false", (value) => typeof value === "boolean"];
const width: Rule = ["a whole number of 1 or more", isCount, "optional"];

const families: readonly EncodingFamily[] = [
  "none",
  "input",
  "bias",
  "content",
  "rotary",
  "combined",
];

const ofDefinition: Rules<EncodingDefinition> = {
  id: ["a name", isText],
  family: oneOf(families),
  summary: ["a sentence", isText],
  formula: ["plain text", isText],
  paper: ["{ title: … }", (value) => isObject(value) && isText(value["title"]), "optional"],
  options: [
    "an object of options, each made by option(…), with names of letters and digits",
    (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, each]) => /^[A-Za-z]\w*$/.test(name) && isOption(each)),
    "optional",
  ],
  create: ["a function", (value) => typeof value === "function"],
};

const ofParameter: Rules<ParameterSpec> = {
  name: text,
  shape: [
    "a list of whole numbers of 1 or more",
    (value) => Array.isArray(value) && value.every(isCount),
  ],
  initial: ['such as { kind: "zeros" }', isObject],
  owner: optional(oneOf<NonNullable<ParameterSpec["owner"]>>(["model", "layer"])),
  layers: ["a list of layers", Array.isArray, "optional"],
  range: ["{ min, max }", isObject, "optional"],
  rowConstant: optional(truth),
  decays: optional(truth),
  matrix: optional(truth),
};

const numberRule: Rule = ["a finite number", (value) => Number.isFinite(value)];
const kind: Rule = text;

const ofInitial: { readonly [Kind in Initial["kind"]]: Rules<Extract<Initial, { kind: Kind }>> } = {
  zeros: { kind },
  ones: { kind },
  normal: { kind, deviation: numberRule, mean: optional(numberRule) },
  uniform: { kind, bound: numberRule, from: optional(numberRule) },
  values: {
    kind,
    values: [
      "a list of finite numbers",
      (value) => Array.isArray(value) && value.every(Number.isFinite),
    ],
  },
};

const ofRange: Rules<NonNullable<ParameterSpec["range"]>> = {
  min: optional(numberRule),
  max: optional(numberRule),
};

const ofLimit: Rules<NonNullable<PositionEncoding["limit"]>> = {
  length: ["a whole number of 1 or more", isCount],
  reason: text,
};

const ofState: Rules<NonNullable<CacheRule["tokenState"]>[number]> = {
  name: text,
  heads: ["a whole number of 1 or more", isCount],
  width: ["a whole number of 1 or more", isCount],
};

const ofCache: Rules<CacheRule> = {
  keys: oneOf<CacheRule["keys"]>(["raw", "rotated", "either", "rewritten", "recompute"]),
  keyWidth: width,
  tokens: optional(truth),
  tokenState: [
    "a list of { name, heads, width }",
    (value) => Array.isArray(value) && value.every((each) => faultsOf(each, ofState).length === 0),
    "optional",
  ],
};

const ofSampling: Rules<NonNullable<PositionEncoding["sampling"]>> = {
  per: oneOf(["model", "layer"]),
  evaluation: optional(oneOf(["sampled", "fixed"])),
  positions: ["a function", (value) => typeof value === "function"],
};

const ofEncoding: Rules<PositionEncoding> = {
  id: text,
  at: hook,
  parameters: ["a list, empty where nothing is learned", Array.isArray],
  limit: ["{ length, reason }", isObject, "optional"],
  extraWidth: width,
  tokenInput: optional(oneOf(["embedding", "one-hot"])),
  tokenInitial: ['such as { kind: "normal", deviation: 0.1 }', isObject, "optional"],
  sampling: ["{ per, positions, evaluation? }", isObject, "optional"],
  embed: hook,
  tokenState: hook,
  prepareTokenState: hook,
  rotate: hook,
  rotateValue: hook,
  rotateOutput: hook,
  rotation: optional(oneOf(["positions", "factor"])),
  product: hook,
  rewrite: hook,
  contentBias: hook,
  bias: hook,
  layerBias: hook,
  combine: hook,
  valueTerm: hook,
  scoreScale: [
    "a number above 0",
    (value) => Number.isFinite(value) && Number(value) > 0,
    "optional",
  ],
  rowwise: optional(truth),
  rotatesByHead: optional(truth),
  cache: ['such as { keys: "either" }', isObject],
  shiftInvariant: truth,
};

/** What is wrong with an object as a definition, a phrase for each fault; empty where nothing is. */
export function definitionFaults(value: unknown): readonly string[] {
  return faultsOf(value, ofDefinition);
}

/** @throws {EncodingError} for an object that is no definition of an encoding */
export function checkDefinition(value: object): void {
  const faults = definitionFaults(value);
  if (faults.length === 0) return;
  const { id } = value as { readonly id?: unknown };
  throw new EncodingError(
    `${isText(id) ? String(id) : "encoding"}: its definition ${joined(faults, "and")}. ` +
      `See EncodingDefinition.`,
  );
}

/**
 * The encoding, if it is one.
 *
 * @param id that of its definition, which it must have too
 * @throws {EncodingError} that names every fault
 */
export function checkEncoding(made: unknown, id: string): PositionEncoding {
  const faults = encodingFaults(made, id);
  if (faults.length > 0)
    throw new EncodingError(
      `${id}: what create returns ${joined(faults, "and")}. See PositionEncoding.`,
    );
  const encoding = made as PositionEncoding;
  if (!encoding.at) return encoding;
  const known = new WeakSet<PositionEncoding>();
  return {
    ...encoding,
    at(layer) {
      const own = encoding.at!(layer);
      if (known.has(own)) return own;
      known.add(own);
      const wrong = isObject(own) ? encodingFaults(own) : ["is no object"];
      if (wrong.length === 0) return own;
      throw new EncodingError(
        `${id}: what at(${layer}) returns ${joined(wrong, "and")}. See PositionEncoding.`,
      );
    },
  };
}

function encodingFaults(made: unknown, id?: string): readonly string[] {
  const faults = faultsOf(made, ofEncoding);
  if (!isObject(made)) return faults;
  const { limit, cache, sampling, parameters } = made;
  const within = (name: string, value: unknown, rules: Rules<never>): readonly string[] =>
    isObject(value) ? faultsOf(value, rules, `${name}.`) : [];
  return [
    ...faults,
    ...(id !== undefined && isText(made["id"]) && made["id"] !== id
      ? [`has the id ${givenInWords(made["id"])}, not "${id}"`]
      : []),
    ...within("cache", cache, ofCache),
    ...within("limit", limit, ofLimit),
    ...within("sampling", sampling, ofSampling),
    ...(isObject(made["tokenInitial"]) ? initialFaults(made["tokenInitial"], "tokenInitial.") : []),
    ...(Array.isArray(parameters) ? parameters.flatMap(parameterFaults) : []),
  ];
}

function parameterFaults(spec: unknown): readonly string[] {
  const { name, shape, initial } = isObject(spec) ? spec : {};
  if (!(isText(name) && Array.isArray(shape) && shape.every(isCount) && isObject(initial)))
    return [`has a parameter that is not { name, shape, initial }: ${givenInWords(spec)}`];
  const prefix = `parameter "${String(name)}".`;
  const { range } = spec as Plain;
  return [
    ...faultsOf(spec, ofParameter, prefix),
    ...initialFaults(initial, `${prefix}initial.`),
    ...(isObject(range) ? faultsOf(range, ofRange, `${prefix}range.`) : []),
  ];
}

function initialFaults(initial: Plain, prefix: string): readonly string[] {
  const { kind: given } = initial;
  const kinds = Object.keys(ofInitial) as Initial["kind"][];
  const [words, fits] = oneOf(kinds);
  return fits(given)
    ? faultsOf(initial, ofInitial[given as Initial["kind"]], prefix)
    : [`has ${prefix}kind ${givenInWords(given)}, which must be ${words}`];
}

function faultsOf(value: unknown, rules: Rules<never>, prefix = ""): readonly string[] {
  if (!isObject(value)) return [`is ${kindOf(value)} and must be an object`];
  const names = Object.keys(rules);
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(rules, name));
  const wrong = Object.entries<Rule>(rules).filter(
    ([name, [, fits, optional]]) => !(optional && value[name] === undefined) && !fits(value[name]),
  );
  return [
    ...unknown.map((name) => {
      const nearest = nearestName(name, names);
      const known =
        nearest === undefined ? `known: ${names.join(", ")}` : `did you mean "${nearest}"?`;
      return `has an unknown member "${prefix}${name}" (${known})`;
    }),
    ...wrong.map(([name, [words]]) =>
      value[name] === undefined
        ? `has no ${prefix}${name} (${words})`
        : `has ${prefix}${name} ${givenInWords(value[name])}, which must be ${words}`,
    ),
  ];
}

function oneOf<Word extends string>(words: readonly Word[]): Rule {
  const listed = joined(
    words.map((word) => `"${word}"`),
    "or",
  );
  return [listed, (value) => words.includes(value as Word)];
}

function optional([words, fits]: Rule): Rule {
  return [words, fits, "optional"];
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isOption(value: unknown): boolean {
  return isObject(value) && isText(value["sentence"]) && isObject(value["value"]);
}
