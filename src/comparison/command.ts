/**
 * The command line that makes a comparison.
 *
 * @module
 */
import { kindOf } from "./kinds/index.ts";
import type { ComparisonSettings } from "./settings.ts";

/** Options in the order in which `commandOf` writes them. */
const order =
  "task data columns validationData text corpus validation tokenizer measure encodings decoderEncoding seeds trainLength testLengths targetLength answerEnd steps batch width heads layers learningRate learningRates optimiser warmup stride evaluationTokens evaluationSamples device threads".split(
    " ",
  );

/** The command line that runs a comparison with these settings. */
export function commandOf(settings: ComparisonSettings): string {
  const { seeds, trainLength, testLengths, steps, batch, width, heads, layers } = settings;
  const {
    encodingFiles = [],
    learningRate,
    learningRates,
    optimiser,
    warmup,
    device,
    threads,
  } = settings;
  const options: Readonly<Record<string, unknown>> = {
    ...kindOf(settings).options(settings),
    encodings: settings.encodings.map(
      (id) => encodingFiles.find((file) => file.id === id)?.path ?? id,
    ),
    ...{ seeds, trainLength, testLengths, steps, batch, width, heads, layers },
    ...(learningRates ? { learningRates } : { learningRate }),
    ...{ optimiser, warmup },
    ...(device === "cpu" ? {} : { device }),
    ...(threads === 1 ? {} : { threads }),
  };
  const given = Object.entries(options);
  return commandLine(
    Object.fromEntries(given.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))),
  );
}

/** The command line with options by their names in camel case: `{ trainLength: 64 }` is `--train-length 64`. */
export function commandLine(options: object): string {
  const words = Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    if (name === "text" || name === "validation")
      return [flag, ...(value as readonly string[]).map(quoted)];
    return [flag, quoted(Array.isArray(value) ? value.join(",") : String(value))];
  });
  return ["npx relpos compare", ...words].join(" ");
}

function quoted(word: string): string {
  return /^[\w.,/:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
