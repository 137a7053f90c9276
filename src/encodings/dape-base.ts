/**
 * The base bias of DAPE: another encoding of the list, whose tensors become DAPE's own.
 *
 * @module
 */
import { alibi } from "./alibi.ts";
import type {
  EncodingContext,
  EncodingDefinition,
  ModelShape,
  PositionEncoding,
} from "./position-encoding.ts";
import { t5 } from "./t5.ts";

/**
 * Biases that are numbers of the distance itself. DAPE reads them, so none may leave out what is equal
 * along a row, as a softmax would allow.
 */
const bases: readonly EncodingDefinition[] = [alibi, t5];

/** The base of DAPE; `baseOptions` are that encoding's own. */
export interface BaseOptions {
  /** Id of a bias encoding. */
  readonly base?: string;
  /** Settings of the base. */
  readonly baseOptions?: object;
}

/** The base encoding made for `id`: its parameters are named `position.<id>.<base>.<tensor>`. */
export function baseOf(
  id: string,
  shape: ModelShape,
  { base = bases[0]!.id, baseOptions = {} }: BaseOptions,
): PositionEncoding {
  const definition = bases.find((candidate) => candidate.id === base);
  if (definition === undefined)
    throw new RangeError(
      `${id}: base "${base}" is not a bias of the distance. Use ${bases.map((each) => each.id).join(" or ")}.`,
    );
  const encoding = definition.create(shape, baseOptions);
  const renamed = (name: string): string => name.replace(/^position\./, `position.${id}.`);
  const named = <Context extends EncodingContext>(context: Context): Context => ({
    ...context,
    parameter: (name) => context.parameter(renamed(name)),
  });
  return {
    ...encoding,
    id,
    parameters: encoding.parameters.map((spec) => ({ ...spec, name: renamed(spec.name) })),
    ...(encoding.bias && { bias: (context) => encoding.bias!(named(context)) }),
    ...(encoding.layerBias && { layerBias: (context) => encoding.layerBias!(named(context)) }),
  };
}
