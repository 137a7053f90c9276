/**
 * The base of DAPE: a bias of the list, whose tensors become DAPE's own.
 *
 * @module
 */
import { option } from "../../options/option.ts";
import type { ReadOptions } from "../../options/option.ts";
import { anyWord } from "../../options/value.ts";
import { baseOptionsOption } from "./sampled-positions.ts";
import type { FindEncoding } from "./sampled-positions.ts";
import type { EncodingContext, ModelShape, PositionEncoding } from "../position-encoding.ts";
import { withContext } from "../compose/with-context.ts";

/** The bias that DAPE adapts. */
export const dapeBaseOptions = {
  base: option("Id of an encoding that is a bias alone.", anyWord, { default: "kerple-log" }),
  baseOptions: baseOptionsOption,
};

/** Hooks that a base may have: DAPE reads a bias, and nothing else takes part. */
const allowed: ReadonlySet<string> = new Set(["bias", "layerBias"]);

/** The base made for `id`; its tensors are named `position.<id>.<base>.<tensor>`. */
export function baseOf(
  id: string,
  find: FindEncoding,
  shape: ModelShape,
  { base, baseOptions }: ReadOptions<typeof dapeBaseOptions>,
): PositionEncoding {
  const encoding = find(base).create(shape, baseOptions);
  const hooks = Object.entries(encoding)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name);
  const beyond = hooks.find((hook) => !allowed.has(hook));
  if (hooks.length === 0 || beyond !== undefined)
    throw new RangeError(
      `${id}: base "${base}" ${beyond ? `acts through ${beyond}` : "has no bias"}. ` +
        `Choose one that is a bias alone, such as "kerple-log", "alibi" or "fire".`,
    );
  const own = (name: string): string => name.replace(/^position\./, `position.${id}.`);
  const within = <Context extends EncodingContext>(context: Context): Context => ({
    ...context,
    parameter: (name) => context.parameter(own(name)),
  });
  return {
    ...withContext(encoding, { pass: within, layer: within }),
    id,
    parameters: encoding.parameters.map((spec) => ({
      ...spec,
      name: own(spec.name),
      // What is equal along a row is lost in a softmax, but the network reads it.
      rowConstant: false,
    })),
  };
}
