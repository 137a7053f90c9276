/**
 * What is true of an encoding, from its hooks and declarations and never from its name.
 *
 * @module
 */
import { describeOptions } from "../options/description.ts";
import type { OptionDescription } from "../options/description.ts";
import { asDefined } from "../encodings/define-encoding.ts";
import type {
  EncodingDefinition,
  EncodingFamily,
  ModelShape,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import { decays } from "../parameters/spec.ts";
import type { ParameterSpec } from "../parameters/spec.ts";

/** Facts as plain data. Sizes are those of a model of `shape`. */
export interface EncodingFacts {
  readonly id: string;
  readonly family: EncodingFamily;
  readonly summary: string;
  readonly formula: string;
  readonly paper: NonNullable<EncodingDefinition["paper"]>;
  /** Names of the hooks it has, in the order in which a model calls them. */
  readonly hooks: readonly Hook[];
  /** What the hooks act on, in words. */
  readonly actsOn: readonly string[];
  readonly options: readonly OptionDescription[];
  /** What is learned; whether weight decay shrinks it is always said. */
  readonly parameters: readonly (ParameterSpec & { readonly decays: boolean })[];
  /** Learned numbers in the whole model. */
  readonly learned: number;
  readonly cache: PositionEncoding["cache"];
  /** null: none. */
  readonly limit: { readonly length: number; readonly reason: string } | null;
  readonly shiftInvariant: boolean;
}

/** The members of the contract that are hooks. */
export type Hook =
  | "sampling"
  | {
      [Name in Exclude<keyof PositionEncoding, "at">]-?: NonNullable<
        PositionEncoding[Name]
      > extends (...given: never) => unknown
        ? Name
        : never;
    }[Exclude<keyof PositionEncoding, "at">];

/** In the order of a forward pass, what each hook acts on: in a column, and in a sentence. */
const places: Readonly<Record<Hook, readonly [short: string, long: string]>> = {
  sampling: ["sampling", "positions, which it samples"],
  embed: ["inputs", "token vectors, by a sum"],
  tokenState: ["", "numbers kept of each token"],
  prepareTokenState: ["", ""],
  rotate: ["q and k", "queries and keys"],
  rotateValue: ["values", "values"],
  product: ["scores", "scores, in place of the product"],
  rewrite: ["", "cached keys, which new tokens change"],
  contentBias: ["scores", "scores, by content"],
  bias: ["scores", "scores"],
  layerBias: ["scores", "scores, in each layer"],
  combine: ["scores", "scores of all heads together"],
  rotateOutput: ["", ""],
  valueTerm: ["values", "values"],
};

const manyLayers = 12;
const hookNames = Object.keys(places) as readonly Hook[];

/** The facts of an encoding in a model of that shape. */
export function factsOf(definition: EncodingDefinition, shape: ModelShape): EncodingFacts {
  const { id, family, summary, formula, paper = { title: "none" } } = definition;
  const defined = asDefined(definition);
  const encoding = defined.create(shape);
  const { parameters, cache, limit, shiftInvariant } = encoding;
  // A pattern of layers may be longer than the model.
  const ofLayers = encodingsOfLayers(defined.create({ ...shape, layers: manyLayers }));
  const acted = ofLayers.flatMap((own) => hooksOf(own).map((hook) => longWords(hook, own)));
  const numbers = parameters.map(
    (spec) => sizeOf(spec) * (spec.owner === "layer" ? (spec.layers?.length ?? shape.layers) : 1),
  );
  return {
    ...{ id, family, summary, formula, paper, cache },
    parameters: parameters.map((spec) => ({ ...spec, decays: decays(spec) })),
    options: describeOptions(defined.options ?? {}),
    hooks: hookNames.filter((hook) => ofLayers.some((own) => own[hook] !== undefined)),
    actsOn: [...distinct(acted), ...(encoding.at ? ["not in all layers alike"] : [])],
    learned: numbers.reduce((a, b) => a + b, 0),
    limit: limit ?? null,
    shiftInvariant,
  };
}

/** The whole, and what it is in each layer where layers differ. */
function encodingsOfLayers(encoding: PositionEncoding): PositionEncoding[] {
  return [
    encoding,
    ...(encoding.at ? Array.from({ length: manyLayers }, (_, layer) => encoding.at!(layer)) : []),
  ];
}

function hooksOf(encoding: PositionEncoding): readonly Hook[] {
  return hookNames.filter((hook) => encoding[hook] !== undefined);
}

/** What the hooks act on, in as few words as a column has room for. */
export function actsOnInShort({ hooks }: EncodingFacts): string {
  return distinct(hooks.map((hook) => places[hook][0])).join(", ") || "nothing";
}

function longWords(hook: Hook, encoding: PositionEncoding): string {
  if (hook === "embed" && encoding.extraWidth) return "token vectors, by more columns";
  if (hook === "rotate" && encoding.rotation === "factor") return "queries and keys, by a factor";
  return places[hook][1];
}

function sizeOf({ shape }: ParameterSpec): number {
  return shape.reduce((product, size) => product * size, 1);
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].filter((word) => word !== "");
}
