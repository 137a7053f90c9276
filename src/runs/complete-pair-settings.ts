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
  refuseForeign(given);
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

/** Settings that an architecture has not, with their flags, and what it has in their place. */
const foreign = {
  "decoder-only": {
    names: ["encoderLayers", "decoderEncoding", "crossEncoding"],
    has: "a decoder-only model has one stack, with encoding (--encoding) and decoderLayers (--decoder-layers)",
  },
  span: {
    names: [
      ...["decoderLayers", "decoderEncoding", "crossEncoding", "targetLength", "batchTokens"],
      ...["labelSmoothing", "tiedHead"],
    ],
    has: "a span model has one encoder, with encoding (--encoding) and encoderLayers (--encoder-layers), and finds answers in rows of sourceLength (--source-length) tokens",
  },
} as const;

/** @throws {InputError} a setting is of another architecture, or the task is not that of the architecture */
function refuseForeign({ architecture, ...given }: Partial<PairRunSettings>): void {
  if (architecture !== "decoder-only" && architecture !== "span") return;
  const { names, has } = foreign[architecture];
  const found = names.find((name) => given[name as keyof typeof given] !== undefined);
  if (found !== undefined)
    throw new InputError(
      `${found} (--${found.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}) is of another architecture: ${has}. Leave ` +
        `it out, or choose another architecture (--architecture).`,
    );
  if (architecture === "span" && given.task !== "answer")
    throw new InputError(
      `the architecture span finds answers in texts, and the task is ${given.task ?? "translate"}. Choose the task answer.`,
    );
}
