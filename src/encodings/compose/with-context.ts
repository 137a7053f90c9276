/**
 * An encoding whose hooks are given another context: names of its tensors, heads it has.
 *
 * @module
 */
import type { EncodingContext, LayerContext, PositionEncoding } from "../position-encoding.ts";

/** How the contexts of an encoding's hooks are changed: of the whole model, and of one layer. */
export interface ContextChange {
  readonly pass: (context: EncodingContext) => EncodingContext;
  readonly layer: (context: LayerContext) => LayerContext;
}

/** The same encoding with every context changed before a hook is given it. */
export function withContext(
  encoding: PositionEncoding,
  { pass, layer }: ContextChange,
): PositionEncoding {
  const e = encoding;
  return {
    ...e,
    ...(e.at && { at: (index) => withContext(e.at!(index), { pass, layer }) }),
    ...(e.embed && { embed: (x, context) => e.embed!(x, pass(context)) }),
    ...(e.tokenState && { tokenState: (x, context) => e.tokenState!(x, layer(context)) }),
    ...(e.prepareTokenState && {
      prepareTokenState: (tokenState, context) => e.prepareTokenState!(tokenState, layer(context)),
    }),
    ...(e.rotate && {
      rotate: (x, positions, role, context) => e.rotate!(x, positions, role, layer(context)),
    }),
    ...(e.rotateValue && {
      rotateValue: (value, positions, context) => e.rotateValue!(value, positions, layer(context)),
    }),
    ...(e.rotateOutput && {
      rotateOutput: (output, positions, context) =>
        e.rotateOutput!(output, positions, layer(context)),
    }),
    ...(e.product && { product: (operands, context) => e.product!(operands, layer(context)) }),
    ...(e.rewrite && { rewrite: (operands, context) => e.rewrite!(operands, layer(context)) }),
    ...(e.contentBias && {
      contentBias: (operands, scores, context) => e.contentBias!(operands, scores, layer(context)),
    }),
    ...(e.bias && { bias: (context) => e.bias!(pass(context)) }),
    ...(e.layerBias && { layerBias: (context) => e.layerBias!(layer(context)) }),
    ...(e.combine && {
      combine: (scores, bias, context) => e.combine!(scores, bias, layer(context)),
    }),
    ...(e.valueTerm && {
      valueTerm: (weights, operands, context) => e.valueTerm!(weights, operands, layer(context)),
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
    ...withContext(encoding, {
      pass: (context) => ({ ...context, parameter: parameterOf(context) }),
      layer: (context) => ({ ...context, parameter: parameterOf(context) }),
    }),
    parameters: encoding.parameters.map((spec) => ({ ...spec, name: names.get(spec.name)! })),
  };
}
