/**
 * The settings of a run of pairs, checked and with their defaults.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { checkedSettings, refuseUnknownSettings } from "./complete-settings.ts";
import { defined, sharedFields, withSchedule } from "./complete-settings.ts";
import { count } from "./model-schema.ts";
import { defaultPairSettings } from "./pair-settings.ts";
import type { PairRunSettings } from "./pair-settings.ts";
import { pairArchitectures, pairTasks } from "./run-document.ts";
import type { PairRun } from "./run-document.ts";

type WithoutDefault = "headDim" | "keyValueHeads" | "sourceLength" | "targetLength";

/** Settings with a value for each name; the lengths that are absent are those of the data. */
export type CompletePairSettings = Required<Omit<PairRunSettings, WithoutDefault>> &
  Pick<PairRunSettings, WithoutDefault>;

const fields = {
  task: z.enum(pairTasks),
  architecture: z.enum(pairArchitectures),
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
  if (given.architecture === "decoder-only") refuseForDecoder(given);
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

/** @throws {InputError} a setting is of an encoder, or of the attention to its output */
function refuseForDecoder(given: Partial<PairRunSettings>): void {
  for (const [name, flag] of [
    ["encoderLayers", "--encoder-layers"],
    ["decoderEncoding", "--decoder-encoding"],
    ["crossEncoding", "--cross-encoding"],
  ] as const)
    if (given[name] !== undefined)
      throw new InputError(
        `${name} (${flag}) is of an encoder-decoder, and a decoder-only model has one stack, with encoding (--encoding) and ` +
          `decoderLayers (--decoder-layers). Leave it out, or choose the architecture encoder-decoder.`,
      );
}
