/**
 * An encoding around another, its base, whose positions are sampled on the host.
 *
 * The base's hooks run as they are; its tensors are renamed, `position.learned.table` to
 * `position.<id>.learned.table`, since their sizes are other than the base's alone.
 *
 * @module
 */
import { option } from "../../options/option.ts";
import type { Option } from "../../options/option.ts";
import { anyRecord } from "../../options/value.ts";
import type {
  PositionSampling,
  EncodingContext,
  EncodingDefinition,
  PositionEncoding,
} from "../position-encoding.ts";
import { withContext } from "../compose/with-context.ts";

/** Looks an encoding up by its id. */
export type FindEncoding = (id: string) => EncodingDefinition;

/** The options of the encoding that is wrapped. */
export const baseOptionsOption: Option<object | undefined, object | undefined> = option(
  "The options of the base.",
  anyRecord,
  { otherwise: "those of the base by default" },
);

/** How a hook's context changes before the base sees it. */
export type Replace = <Context extends EncodingContext>(context: Context) => Context;

const asItIs: Replace = (context) => context;

/** `inner` with sampled positions, for texts up to `limit`. */
export function withSampledPositions(
  id: string,
  inner: PositionEncoding,
  sampling: PositionSampling,
  limit: PositionEncoding["limit"] = inner.limit,
  replace: Replace = asItIs,
): PositionEncoding {
  if (inner.sampling)
    throw new RangeError(
      `${id}: "${inner.id}" samples positions of its own. Choose a base that does not.`,
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
