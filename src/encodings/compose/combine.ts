/**
 * Several encodings in one layer: `rope+alibi`.
 *
 * Vectors pass through the parts in their order; what they add to scores and values is added up. What
 * only one can do (sample positions, take the product's place, join scores with a bias) is refused twice.
 *
 * @module
 */
import { add } from "../../operators/arithmetic.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  combinedDefinition,
  declaredBy,
  has,
  tokenStateOf,
  mergeTokenStates,
  nameOf,
} from "./composition.ts";
import { onlyOne, partsOf, specsOf } from "./composition.ts";
import type { Choice } from "./composition.ts";
import type {
  AttentionOperands,
  CacheRule,
  EncodingDefinition,
  PositionEncoding,
} from "../position-encoding.ts";

/**
 * All choices at once.
 *
 * @throws {RangeError} at `create`, for parts that exclude each other
 */
export function combine(choices: readonly Choice[]): EncodingDefinition {
  const id = choices.map(nameOf).join("+");
  const summary = `Together in the same layers: ${choices.map(nameOf).join(" and ")}.`;
  return combinedDefinition(id, summary, choices, (shape) =>
    joined(
      id,
      partsOf(
        choices,
        choices.map(() => shape),
      ),
    ),
  );
}

function joined(id: string, parts: readonly PositionEncoding[]): PositionEncoding {
  if (new Set(parts).size < parts.length)
    throw new RangeError(`${id}: it names one encoding twice. Leave one of them out.`);
  refuse(id, parts);
  const sampling = onlyOne(
    id,
    parts,
    (part) => has(part, "sampling"),
    "both sample positions.",
  )?.sampling;
  const tokenInput = parts.find((part) => part.tokenInput === "one-hot")?.tokenInput;
  const tokenInitial = onlyOne(
    id,
    parts,
    (part) => has(part, "tokenInitial"),
    "both set the first values of token vectors.",
  )?.tokenInitial;
  const extraWidth = parts.reduce((total, part) => total + (part.extraWidth ?? 0), 0);
  const whole: PositionEncoding = {
    ...layerHooks(id, parts),
    ...declaredBy(parts),
    id,
    parameters: specsOf(parts),
    ...(sampling && { sampling }),
    ...(tokenInput && { tokenInput }),
    ...(tokenInitial && { tokenInitial }),
    ...(extraWidth > 0 && { extraWidth }),
    ...(parts.some((part) => has(part, "embed")) && {
      embed: (x, context) =>
        parts.reduce((vectors, part) => part.embed?.(vectors, context) ?? vectors, x),
    }),
  };
  if (!parts.some((part) => has(part, "at"))) return whole;
  const layers = new Map<number, PositionEncoding>();
  return {
    ...whole,
    at(layer) {
      const known = layers.get(layer);
      if (known !== undefined) return known;
      const own = parts.map((part) => part.at?.(layer) ?? part);
      refuse(id, own);
      const made = {
        ...whole,
        ...layerHooks(id, own),
        ...declaredBy(own),
        parameters: specsOf(own),
      };
      layers.set(layer, made);
      return made;
    },
  };
}

function refuse(id: string, parts: readonly PositionEncoding[]): void {
  const turning = (part: PositionEncoding): boolean =>
    has(part, "rotate") && part.rotation !== "factor";
  onlyOne(
    id,
    parts,
    turning,
    "both rotate queries and keys by position. Give each its own layers or heads: layers(…), heads(…).",
  );
  const product = onlyOne(
    id,
    parts,
    (part) => has(part, "product"),
    "both take the place of query · key.",
  );
  const rotating = parts.find(turning);
  if (product?.cache.keys === "rewritten" && rotating)
    throw new RangeError(
      `${id}: ${product.id} rewrites cached keys, and ${rotating.id} would rotate them again for each query. ` +
        `Give each its own layers or heads: layers(…), heads(…).`,
    );
  onlyOne(
    id,
    parts,
    (part) => has(part, "combine"),
    "both join scores with the bias. Keep one of them.",
  );
  const scales = new Set(parts.flatMap(({ scoreScale }) => scoreScale ?? []));
  if (scales.size > 1)
    throw new RangeError(
      `${id}: its parts scale scores differently (${[...scales].join(", ")}). ` +
        `Give them one scoreScale, or layers of their own: layers(…).`,
    );
}

/** The hooks of one layer; those that no part has are absent. */
function layerHooks(id: string, parts: readonly PositionEncoding[]): PositionEncoding {
  const having = <Hook extends keyof PositionEncoding>(hook: Hook): readonly PositionEncoding[] =>
    parts.filter((part) => has(part, hook));
  const product = parts.find((part) => has(part, "product"));
  const combine = parts.find((part) => has(part, "combine"));
  const scoreScale = parts.find((part) => part.scoreScale !== undefined)?.scoreScale;
  const keyOf = (part: PositionEncoding): string => `${parts.indexOf(part)}`;
  const seen = (part: PositionEncoding, operands: AttentionOperands): AttentionOperands => ({
    ...operands,
    queryState: tokenStateOf(keyOf(part), operands.queryState),
    keyState: tokenStateOf(keyOf(part), operands.keyState),
  });
  const [contents, biases, layerBiases] = [
    having("contentBias"),
    having("bias"),
    having("layerBias"),
  ];
  const [values, turning, keeping] = [having("valueTerm"), having("rotate"), having("tokenState")];
  const [turningValues, turningBack] = [having("rotateValue"), having("rotateOutput")];
  return {
    id,
    parameters: [],
    cache: cacheOf(id, parts),
    shiftInvariant: true,
    ...(scoreScale !== undefined && { scoreScale }),
    ...(parts.some((part) => part.rowwise === false) && { rowwise: false }),
    ...(turning.every((part) => part.rotation === "factor") && { rotation: "factor" as const }),
    ...(keeping.length > 0 && {
      tokenState: (x, context) =>
        mergeTokenStates(keeping.map((part) => [keyOf(part), part.tokenState!(x, context)])),
      prepareTokenState: (tokenState, context) =>
        mergeTokenStates(
          keeping.map((part) => {
            const own = tokenStateOf(keyOf(part), tokenState);
            return [keyOf(part), part.prepareTokenState?.(own, context) ?? own];
          }),
        ),
    }),
    ...(parts.some((part) => part.rotatesByHead) && { rotatesByHead: true }),
    ...(turning.length > 0 && {
      rotate: (x, positions, role, context) =>
        turning.reduce((vectors, part) => part.rotate!(vectors, positions, role, context), x),
    }),
    ...(turningValues.length > 0 && {
      rotateValue: (value, positions, context) =>
        turningValues.reduce(
          (vectors, part) => part.rotateValue!(vectors, positions, context),
          value,
        ),
    }),
    // What was turned last is turned back first.
    ...(turningBack.length > 0 && {
      rotateOutput: (output, positions, context) =>
        turningBack.reduceRight(
          (vectors, part) => part.rotateOutput!(vectors, positions, context),
          output,
        ),
    }),
    ...(product && {
      product: (operands, context) => product.product!(seen(product, operands), context),
      ...(product.rewrite && {
        rewrite: (operands, context) => product.rewrite!(seen(product, operands), context),
      }),
    }),
    ...(contents.length > 0 && {
      contentBias: (operands, scores, context) =>
        sumOf(contents.map((part) => part.contentBias!(seen(part, operands), scores, context))),
    }),
    ...(biases.length > 0 && {
      bias: (context) => sumOf(biases.map((part) => part.bias!(context))),
    }),
    ...(layerBiases.length > 0 && {
      layerBias: (context) => sumOf(layerBiases.map((part) => part.layerBias!(context))),
    }),
    ...(combine && {
      combine: (scores, bias, context) => combine.combine!(scores, bias, context),
    }),
    ...(values.length > 0 && {
      valueTerm: (weights, operands, context) =>
        sumOf(values.map((part) => part.valueTerm!(weights, seen(part, operands), context))),
    }),
  };
}

function sumOf(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((a, b) => add(a, b));
}

/** Keys are cached as they are wherever one part rotates them and another needs them before rotation. */
function cacheOf(id: string, parts: readonly PositionEncoding[]): CacheRule {
  const rules = parts.map(({ cache }) => cache);
  const tokenState = parts.flatMap((part, key) =>
    (part.cache.tokenState ?? []).map((column) => ({ ...column, name: `${key}.${column.name}` })),
  );
  const caches = (keys: CacheRule["keys"]): boolean => rules.some((rule) => rule.keys === keys);
  const turns = parts.some((part) => has(part, "rotate"));
  const reads = parts.some((part) => has(part, "contentBias", "product", "valueTerm"));
  if (caches("rotated") && (caches("raw") || caches("rewritten")))
    throw new RangeError(
      `${id}: one part caches keys after rotation, another before. Give each its own layers: layers(…).`,
    );
  const keys = caches("recompute")
    ? "recompute"
    : caches("rewritten")
      ? "rewritten"
      : caches("raw") || (turns && reads)
        ? "raw"
        : caches("rotated")
          ? "rotated"
          : "either";
  const keyWidth = rules.find((rule) => rule.keyWidth !== undefined)?.keyWidth;
  const widened = keys === "either" || keys === "rotated";
  return {
    keys,
    ...(widened && keyWidth !== undefined && { keyWidth }),
    ...(rules.some((rule) => rule.tokens) && { tokens: true }),
    ...(tokenState.length > 0 && { tokenState }),
  };
}
