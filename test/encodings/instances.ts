/**
 * The encodings of the contract tests: every one of the list as it comes, and with the options that
 * change what it computes.
 *
 * @module
 */
import type { DistanceRowOptions } from "../../src/encodings/distance-row.ts";
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import type { RopeOptions } from "../../src/encodings/rope.ts";
import type { SinusoidalOptions } from "../../src/encodings/sinusoidal.ts";
import type { T5Options } from "../../src/encodings/t5.ts";

/** One encoding with options. */
export interface Instance {
  readonly name: string;
  readonly definition: EncodingDefinition;
  readonly options: object;
}

const sinusoidal: readonly SinusoidalOptions[] = [
  { layout: "concat", embedScale: "root-model" },
  { layout: "t2t", base: 500 },
];
const distanceRow: readonly DistanceRowOptions[] = [
  { causal: true, layer: "tanh", width: 5 },
  { tokenInput: "one-hot", bias: false },
  { mode: "fixed-anchors", layer: "relu" },
  { mode: "fixed-anchors", anchors: [0, 3, 11], causal: true },
  { mode: "pad", validity: true },
  { mode: "pad", causal: true },
  { mode: "normalise", points: 5 },
  { mode: "bucket", buckets: 8, maxDistance: 20 },
  { mode: "bucket", causal: true },
];
const rope: readonly RopeOptions[] = [{ layout: "interleaved", base: 500 }, { rotated: 4 }];
const t5: readonly T5Options[] = [
  { buckets: 6, maxDistance: 9, scoreScale: 1 },
  { biasMultiplier: 3 },
];

const variants: Readonly<Record<string, readonly object[]>> = {
  sinusoidal,
  "distance-row": distanceRow,
  rope,
  t5,
};

/** All instances, in the order of the list. */
export const instances: readonly Instance[] = encodings.flatMap((definition) =>
  [{}, ...(variants[definition.id] ?? [])].map((options) => ({
    name: [definition.id, ...Object.entries(options).map(([k, v]) => `${k} ${String(v)}`)].join(
      ", ",
    ),
    definition,
    options,
  })),
);
