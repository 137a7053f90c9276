/**
 * `docs/checkpoints.md`: families, methods for longer texts and formats from their declarations, with the errors that
 * `checkpoint-errors.json` records and what transformers.js gave (`transformers-js.json`).
 *
 * @module
 */
import fs from "node:fs";
import { extensionMethods } from "../../src/encodings/extension/methods.ts";
import { exportFormats } from "../../src/export/formats.ts";
import { decoderFamilies, encoderFamilies, pairFamilies } from "../../src/families/index.ts";
import { table } from "./markdown.ts";

/** The largest relative error of each case, by its name; see the page for the command. */
interface Errors {
  readonly families: Readonly<Record<string, number>>;
  readonly extended: Readonly<Record<string, number>>;
}

const read = <Value>(name: string): Value =>
  JSON.parse(fs.readFileSync(new URL(name, import.meta.url), "utf8")) as Value;

/** The cases of the golden files that are of a family, by its `model_type`. */
function casesByType(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of ["families", "pair-families", "encoder-families"]) {
    const { cases } = read<{
      readonly cases: readonly {
        readonly name: string;
        readonly options: { readonly config: { readonly model_type: string } };
      }[];
    }>(`../../test/golden/${file}.json`);
    for (const { name, options } of cases) {
      const type = options.config.model_type;
      found.set(type, [...(found.get(type) ?? []), name]);
    }
  }
  return found;
}

function familyRows(errors: Errors): readonly (readonly string[])[] {
  const cases = casesByType();
  const kinds = [
    ["decoder", "loadCheckpoint", decoderFamilies],
    ["encoder-decoder", "loadEncoderDecoder", pairFamilies],
    ["encoder", "loadEncoder", encoderFamilies],
  ] as const;
  return kinds.flatMap(([kind, call, families]) =>
    families.map(({ name, modelType, architectures }) => {
      const own = cases.get(modelType) ?? [];
      const values = own.map((each) => errors.families[each] ?? NaN);
      if (own.length === 0 || values.some(Number.isNaN))
        throw new Error(`docs: checkpoint-errors.json has no error of ${modelType}.`);
      return [
        name,
        `\`${modelType}\``,
        `${kind}, \`${call}\``,
        architectures.join(", "),
        `${own.length}`,
        Math.max(...values).toExponential(1),
      ];
    }),
  );
}

function methodRows(errors: Errors): readonly (readonly string[])[] {
  return extensionMethods.map(({ id, summary }) => {
    const own = Object.entries(errors.extended).filter(
      ([name]) => name.split(" ")[1]!.replace(/\(.*/, "") === id,
    );
    const error =
      own.length === 0
        ? "no configuration of transformers says it; compared with its own formula in `test/encodings` and `test/extension`"
        : `${Math.max(...own.map(([, value]) => value)).toExponential(1)} in ${own.length} ${own.length === 1 ? "model" : "models"}`;
    return [`\`${id}\``, summary, error];
  });
}

function transformersJs(): string {
  interface Compared {
    readonly model: string;
    readonly alone: readonly number[];
  }
  const { version, tokens, rows, pairs } = read<{
    readonly version: string;
    readonly tokens: number;
    readonly rows: readonly (Compared & { readonly padded: readonly number[] })[];
    readonly pairs: readonly (Compared & {
      readonly left: readonly number[];
      readonly right: readonly number[];
    })[];
  }>("transformers-js.json");
  const compared = [
    ...rows.map(({ model, alone, padded }) => ({ model, counts: [...alone, ...padded] })),
    ...pairs.map(({ model, alone, left, right }) => ({
      ...{ model, counts: [...alone, ...left, ...right] },
    })),
  ];
  const others = compared
    .filter(({ counts }) => counts.some((count) => count !== tokens))
    .map(({ model }) => model);
  return (
    `transformers.js ${version} was given ${rows.length} exported decoders and ${pairs.length} encoder-decoders, with and without padding, ` +
    `and wrote the same ${tokens} tokens of ${others.length === 0 ? "all" : `${compared.length - others.length}, not of ${others.join(", ")}`}: ` +
    `\`node oracle/check-transformers-js.ts --write\`.`
  );
}

/** The page. */
export function checkpointsPage(): string {
  const errors = read<Errors>("checkpoint-errors.json");
  return `# Pretrained models

This page is written by \`node docs/make/all.ts\`; a test holds it up to date.

What loads, what it was compared with and how far it was off. A folder has \`config.json\`, \`*.safetensors\` and, for texts,
\`tokenizer.json\`. [docs/longer-texts.md](longer-texts.md) has the methods for longer texts with their options,
[docs/fine-tuning.md](fine-tuning.md) training further, [docs/generation.md](generation.md) generation and conversations.

## Families

${table(["Family", "\`model_type\`", "Loaded as", "Architectures", "Cases", "Largest error"], familyRows(errors)).trimEnd()}

A case is a tiny random model of another configuration: biases on and off, grouped heads, tied and untied heads, windows, scaled
rotations, segments. Errors are those of float32 here against the classes of transformers 5.23 in float64, of logits and of hidden states of
encoders, in texts of 1, 7 and 300 tokens (250 of Falcon with ALiBi, whose bias transformers rounds to bfloat16), as a share of the largest
number; of decoders also token by token from the cache and padded on the left, of encoders padded behind. They are of

\`\`\`
SHOW_ERRORS=1 npx vitest run test/families
\`\`\`

Each key of a configuration is used, known to change no logits, or refused by name. Not loaded: other families, quantised weights,
weights that are no safetensors, architectures with heads of other tasks. Of DeBERTa-v2 convolutions, a projected embedding, keys of
positions without shared projections and the newer head are refused; poolers and the head for the next sentence are left out. Encoder-decoders
write texts with [relpos translate, summarise and answer](generation.md#translate-summarise-answer), as \`generate\` of transformers does. What
commands do with encoders: [relpos export](export.md#encoders) writes them, the others say in one sentence that an encoder continues no text and has no perplexity. In a program:

\`\`\`ts
import { encodeTexts, loadEncoder } from "relpos";

const encoder = await loadEncoder("models/bert");
const [text] = await encodeTexts(encoder, [encoder.tokenizer!.encode("A text.")]);
console.log(text!.hidden, text!.logits);
\`\`\`

## Methods for longer texts

${table(["Method", "What it does", "Largest error of logits against transformers"], methodRows(errors)).trimEnd()}

\`relpos extend\` writes a model with a method, \`relpos evaluate --extend\` compares several on a text, \`relpos retrieve\` asks what is
found in long texts. Errors are of the folders that \`relpos extend\` wrote, loaded by transformers and here, with texts shorter and longer
than those of training: \`SHOW_ERRORS=1 npx vitest run test/extension\`.

## Loading

A Llama of 110 million parameters (16,000 tokens, width 768, 12 layers) with random weights, loaded in a process of its own: 0.70 s from
float32 and 0.82 s from bfloat16 (medians of 7, in turns, on two cores of an AMD EPYC that did nothing else); the goal is below 3 s. The
memory of the process grew by 481 MB at its peak for the file of 438 MB in float32, 1.10 times the file (goal: 1.3). Weights are float32 in
memory, so a file of 219 MB in bfloat16 took 500 MB: 2.3 times the file, 1.14 times its weights.

## Weights in few bits

\`--weights int8\` and \`--weights int4\` of [relpos generate](generation.md#weights-in-few-bits), with the same model on the same machine: a
token after a prompt of 256, and that prompt, in milliseconds of the processor's time, and of the clock in parentheses. One thread, the
three types in turns, medians of 7 rounds of 8 tokens.

| Weights | Token       | Rate of float32 | Prompt    |
| ------- | ----------- | --------------- | --------- |
| float32 | 26.6 (21.0) | 1               | 250 (245) |
| int8    | 11.2 (7.2)  | 2.55            | 178 (178) |
| int4    | 10.9 (5.9)  | 2.46            | 213 (204) |

Rounding takes 1.7 s more when the model is loaded. What it costs, in nats a token on 65,536 tokens of Moby-Dick in windows of 64, of a run
with \`rope\` of width 128 and 2 layers that was trained on bytes (float32: 1.6288, perplexity 5.098): int8 0.0002 (0.0001 to 0.0004), int4 0.0083
(0.0070 to 0.0097). Of other models \`relpos evaluate --weights int8,int4\` prints it. Time and memory are measured by
\`node bench/pretrained.ts\`.

## Formats

${Object.entries(exportFormats)
  .map(([name, readers]) => `- \`--format ${name}\`: ${readers}`)
  .join("\n")}

${transformersJs()}

Chat templates: 25 conversations in templates of the shapes of ChatML, Llama 3, Gemma and Mistral are written, or refused, as
\`apply_chat_template\` of transformers 5.23 does: \`npx vitest run test/chat\`. Tools and documents are not given to templates.
`;
}
