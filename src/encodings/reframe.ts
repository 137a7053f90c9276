/**
 * An encoding whose hooks are given another context: names of its tensors, heads it has.
 *
 * @module
 */
import type { EncodingContext, LayerContext, PositionEncoding } from "./position-encoding.ts";

/** What becomes of the contexts of an encoding's hooks. */
export interface Reframing {
  readonly pass: (context: EncodingContext) => EncodingContext;
  readonly layer: (context: LayerContext) => LayerContext;
}

/** The same encoding with every context changed before a hook is given it. */
export function reframed(encoding: PositionEncoding, { pass, layer }: Reframing): PositionEncoding {
  const e = encoding;
  return {
    ...e,
    ...(e.at && { at: (index) => reframed(e.at!(index), { pass, layer }) }),
    ...(e.embed && { embed: (x, context) => e.embed!(x, pass(context)) }),
    ...(e.memory && { memory: (x, context) => e.memory!(x, layer(context)) }),
    ...(e.settle && { settle: (memory, context) => e.settle!(memory, layer(context)) }),
    ...(e.rotate && {
      rotate: (x, positions, role, context) => e.rotate!(x, positions, role, layer(context)),
    }),
    ...(e.product && { product: (attended, context) => e.product!(attended, layer(context)) }),
    ...(e.rewrite && { rewrite: (attended, context) => e.rewrite!(attended, layer(context)) }),
    ...(e.contentBias && {
      contentBias: (attended, scores, context) => e.contentBias!(attended, scores, layer(context)),
    }),
    ...(e.bias && { bias: (context) => e.bias!(pass(context)) }),
    ...(e.layerBias && { layerBias: (context) => e.layerBias!(layer(context)) }),
    ...(e.combine && {
      combine: (scores, bias, context) => e.combine!(scores, bias, layer(context)),
    }),
    ...(e.valueTerm && {
      valueTerm: (weights, attended, context) => e.valueTerm!(weights, attended, layer(context)),
    }),
  };
}

/** The encoding with its tensors under other names: `position.t5.…` becomes `position.t5-2.…`. */
export function renamed(encoding: PositionEncoding, suffix: string): PositionEncoding {
  const names = new Map(
    encoding.parameters.map(({ name }) => [
      name,
      name.replace(/^position\.([^.]+)/, `$&${suffix}`),
    ]),
  );
  const parameterOf =
    (context: EncodingContext): EncodingContext["parameter"] =>
    (name) =>
      context.parameter(names.get(name) ?? name);
  return {
    ...reframed(encoding, {
      pass: (context) => ({ ...context, parameter: parameterOf(context) }),
      layer: (context) => ({ ...context, parameter: parameterOf(context) }),
    }),
    parameters: encoding.parameters.map((spec) => ({ ...spec, name: names.get(spec.name)! })),
  };
}
