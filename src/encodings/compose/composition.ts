/**
 * What compositions of encodings have in common: their parts, made for a model, and what all declare.
 *
 * @module
 */
import { writeOptions } from "../../options/words.ts";
import { asDefined, defineEncoding } from "../define-encoding.ts";
import type {
  EncodingDefinition,
  TokenState,
  ModelShape,
  PositionEncoding,
} from "../position-encoding.ts";
import type { ParameterSpec } from "../../parameters/spec.ts";
import { renamed } from "./with-context.ts";

/** An encoding of the list, or a composition, with options. */
export interface Choice {
  readonly definition: EncodingDefinition;
  readonly options?: object | undefined;
}

/** `rope`, or `rope(base=500)`: what a choice is called. */
export function nameOf({ definition, options = {} }: Choice): string {
  const listed = writeOptions(options);
  return listed === "" ? definition.id : `${definition.id}(${listed})`;
}

/** Choices made for a model. Equal ones are one encoding; tensors of different ones have different names. */
export function partsOf(
  choices: readonly Choice[],
  shapes: readonly ModelShape[],
): PositionEncoding[] {
  const made = new Map<string, PositionEncoding>();
  const taken = new Map<string, number>();
  return choices.map((choice, at) => {
    const shape = shapes[at]!;
    const key = `${nameOf(choice)} ${shape.heads}`;
    const before = made.get(key);
    if (before !== undefined) return before;
    const { definition, options } = choice;
    const count = (taken.get(definition.id) ?? 0) + 1;
    taken.set(definition.id, count);
    const fresh = asDefined(definition).create(shape, options);
    const part = count === 1 ? fresh : renamed(fresh, `-${count}`);
    made.set(key, part);
    return part;
  });
}

/** The specs of all parts, those of equal parts once. */
export function specsOf(parts: readonly PositionEncoding[]): ParameterSpec[] {
  return [...new Set(parts)].flatMap(({ parameters }) => parameters);
}

/** What the whole declares because any or all of its parts do. */
export function declaredBy(
  parts: readonly PositionEncoding[],
): Pick<PositionEncoding, "limit" | "rowwise" | "shiftInvariant"> {
  const limits = parts.flatMap(({ limit }) => (limit ? [limit] : []));
  const shortest = limits.reduce<(typeof limits)[number] | undefined>(
    (least, limit) => (least && least.length <= limit.length ? least : limit),
    undefined,
  );
  return {
    ...(shortest && { limit: shortest }),
    ...(parts.some(({ rowwise }) => rowwise === false) && { rowwise: false }),
    shiftInvariant: parts.every(({ shiftInvariant }) => shiftInvariant),
  };
}

/** The definition of a composition. */
export function combinedDefinition(
  id: string,
  summary: string,
  choices: readonly Choice[],
  create: (shape: ModelShape) => PositionEncoding,
): EncodingDefinition {
  const formulas = [...new Set(choices.map(({ definition }) => definition.formula))];
  return defineEncoding({
    id,
    family: "combined",
    summary,
    formula: formulas.join("\n"),
    paper: { title: `A composition of ${choices.map(nameOf).join(", ")}` },
    create,
  });
}

/** Whether an encoding has one of the hooks. */
export function has(
  part: PositionEncoding,
  ...hooks: readonly (keyof PositionEncoding)[]
): boolean {
  return hooks.some((hook) => part[hook] !== undefined);
}

/** Refuses what two parts cannot both do. */
export function onlyOne(
  whole: string,
  parts: readonly PositionEncoding[],
  does: (part: PositionEncoding) => boolean,
  clash: string,
): PositionEncoding | undefined {
  const [first, second] = parts.filter(does);
  if (second !== undefined)
    throw new RangeError(`${whole}: ${first!.id} and ${second.id} ${clash}`);
  return first;
}

/** Token states of parts as one, each name after the key of its part. */
export function mergeTokenStates(
  parts: readonly (readonly [key: string, tokenState: TokenState])[],
): TokenState {
  return Object.fromEntries(
    parts.flatMap(([key, tokenState]) =>
      Object.entries(tokenState).map(([name, tensor]) => [`${key}.${name}`, tensor]),
    ),
  );
}

/** The token state of the part with that key, from that of the whole. */
export function tokenStateOf(key: string, tokenState: TokenState): TokenState {
  const prefix = `${key}.`;
  return Object.fromEntries(
    Object.entries(tokenState).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}
