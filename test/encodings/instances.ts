/**
 * The encodings of the contract tests: every one of the list as it comes, and with the options that
 * change what it computes.
 *
 * @module
 */
import { encodingById, encodings } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { checksOf } from "./registry.ts";

/** One encoding with options. */
export interface Instance {
  readonly name: string;
  readonly definition: EncodingDefinition;
  readonly options: object;
}

/** Compositions that differ in what their parts act on. */
const compositions: readonly string[] = [
  "sinusoidal+alibi",
  "rope+t5(form=scaled)",
  "layers(rope,none)",
  "layers(t5(buckets=6,maxDistance=9),t5)",
  "sinusoidal+layers(rope,alibi)",
  "heads(alibi,rope,none)",
  "layers(heads(none,t5(form=scaled),rope(layout=interleaved)),none)+alibi",
  "pope+log-n(length=3)",
  "layers(rope,query-temperature(length=3))",
  "rope+fox",
  "heads(value-rope,none,alibi)",
  "layers(path(rank=2),cope(separateKeys=true)+rel-proj)",
  "heads(path(rank=2),fox,cope(separateKeys=true))",
];

/** All instances, in the order of the list, and compositions of them. */
export const instances: readonly Instance[] = [
  ...encodings.flatMap(instancesOf),
  ...compositions.map((name) => ({ name, definition: encodingById(name), options: {} })),
];

function instancesOf(definition: EncodingDefinition): Instance[] {
  const { variants = [], needed } = checksOf(definition.id);
  return [{}, ...variants].map((options) => ({
    name: [definition.id, ...Object.entries(options).map(([k, v]) => `${k} ${describe(v)}`)].join(
      ", ",
    ),
    definition,
    options: { ...needed, ...options },
  }));
}

function describe(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
