/**
 * The settings of a run of pairs, checked and with their defaults.
 *
 * @module
 */
import { z } from "zod";
import { checkedSettings, refuseUnknownSettings } from "./complete-settings.ts";
import { defined, sharedFields, withSchedule } from "./complete-settings.ts";
import { count } from "./model-schema.ts";
import { defaultPairSettings } from "./pair-settings.ts";
import type { PairRunSettings } from "./pair-settings.ts";
import { pairTasks } from "./run-document.ts";
import type { PairRun } from "./run-document.ts";

type WithoutDefault = "headDim" | "keyValueHeads" | "sourceLength" | "targetLength";

/** Settings with a value for each name; the lengths that are absent are those of the data. */
export type CompletePairSettings = Required<Omit<PairRunSettings, WithoutDefault>> &
  Pick<PairRunSettings, WithoutDefault>;

const fields = {
  task: z.enum(pairTasks),
  // `loadPairs` checks what is in it.
  data: z.record(z.string(), z.unknown()),
  tokenizer: z.string(),
  decoderEncoding: z.string(),
  crossEncoding: z.string(),
  encoderLayers: count,
  decoderLayers: count,
  sourceLength: z.exactOptional(count),
  targetLength: z.exactOptional(count),
  batchTokens: z.int().min(0),
  shapes: count,
  labelSmoothing: z.number().min(0).lt(1),
  ...sharedFields,
};
const schema = z.strictObject(fields) as unknown as z.ZodType<CompletePairSettings>;

/**
 * The settings with their defaults. Those whose defaults follow from others are as the folder's run has them.
 *
 * @param recorded the settings in the `run.json` of the folder, if it has one
 * @throws {InputError} a setting does not exist, or its value cannot be
 */
export function completePairSettings(
  given: Partial<PairRunSettings>,
  recorded: PairRun["settings"] = {},
): CompletePairSettings {
  refuseUnknownSettings(given, Object.keys(fields));
  const chosen = { ...defaultPairSettings, ...defined(given) };
  const files = "files" in chosen.data;
  const settings: CompletePairSettings = withSchedule(
    {
      tokenizer: files ? "bpe:8000" : "char",
      decoderEncoding: chosen.encoding,
      ...chosen,
    },
    recorded,
  );
  return checkedSettings(schema, settings);
}
