/**
 * An encoding around another, its base, whose positions are drawn on the host.
 *
 * The base's hooks run as they are; its tensors are renamed, `position.learned.table` to
 * `position.<id>.learned.table`, since their sizes are other than the base's alone.
 *
 * @module
 */
import type {
  PositionSampling,
  EncodingContext,
  EncodingDefinition,
  PositionEncoding,
} from "../position-encoding.ts";
import { withContext } from "../compose/with-context.ts";

/** Looks an encoding up by its id. */
export type FindEncoding = (id: string) => EncodingDefinition;

/** The base of a wrapper. */
export interface BaseOptions {
  /** Id of the encoding whose positions are drawn. */
  readonly base?: string;
  /** Its options. */
  readonly baseOptions?: object;
}

/** How a hook's context changes before the base sees it. */
export type Replace = <Context extends EncodingContext>(context: Context) => Context;

const asItIs: Replace = (context) => context;

/** `inner` with drawn positions, for texts up to `limit`. */
export function withSampledPositions(
  id: string,
  inner: PositionEncoding,
  sampling: PositionSampling,
  limit: PositionEncoding["limit"] = inner.limit,
  replace: Replace = asItIs,
): PositionEncoding {
  if (inner.sampling)
    throw new RangeError(
      `${id}: "${inner.id}" draws positions of its own. Choose a base that does not.`,
    );
  const own = (name: string): string => name.replace(/^position\./, `position.${id}.`);
  const within: Replace = (context) => {
    const length = context.keys.tensor.shape.at(-1);
    if (limit && typeof length === "number" && length > limit.length)
      throw new RangeError(
        `${id}: a text of ${length} tokens is longer than ${limit.length}: ${limit.reason}.`,
      );
    const replaced = replace(context);
    return { ...replaced, parameter: (name) => replaced.parameter(own(name)) };
  };
  return {
    ...withContext(inner, { pass: within, layer: within }),
    id,
    sampling,
    parameters: inner.parameters.map((spec) => ({ ...spec, name: own(spec.name) })),
    ...(limit && { limit }),
  };
}

/** Raises a RangeError unless each is a whole number from `least` to `most`. */
export function checkWhole(
  id: string,
  values: Readonly<Record<string, number>>,
  least: number,
  most?: number,
): void {
  for (const [name, value] of Object.entries(values))
    if (!Number.isInteger(value) || value < least || value > (most ?? value))
      throw new RangeError(
        `${id}: ${name} must be a whole number of ${least} or more` +
          `${most === undefined ? "" : `, up to ${most}`}, got ${value}.`,
      );
}
