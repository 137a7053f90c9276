/**
 * `docs/export.md`, with what was generated in transformers.js as it was recorded.
 *
 * @module
 */
import fs from "node:fs";
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { reasonAgainst } from "../../src/export/decoder-graph.ts";
import { reasonAgainstEncoder } from "../../src/export/pair-graph.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { table } from "./markdown.ts";

/** What `oracle/check-transformers-js.ts` found. */
interface Generated {
  readonly version: string;
  readonly tokens: number;
  readonly rows: readonly {
    readonly model: string;
    readonly encoding: string;
    readonly alone: readonly number[];
    readonly padded: readonly number[];
    readonly different: readonly number[];
  }[];
  readonly pairs: readonly {
    readonly model: string;
    readonly encoding: string;
    readonly alone: readonly number[];
    readonly left: readonly number[];
    readonly right: readonly number[];
    readonly text?: boolean;
  }[];
  readonly encoders: readonly { readonly model: string; readonly error: number }[];
}

const opening = `# Hand a model on

This page is written by \`node docs/make/all.ts\`; a test holds it up to date.

\`relpos export\` writes a model that was trained here, or a pretrained decoder, encoder-decoder or encoder, for other programs:

\`\`\`
npx relpos export --model runs/book --format onnx --out models/book-onnx
npx relpos export --model models/llama --format onnx --out models/llama-onnx
npx relpos export --model runs/book --format huggingface --out models/book
npx relpos export --model models/llama --format huggingface --dtype bfloat16 --out models/llama-half
npx relpos export --model runs/de-en --format onnx --out models/de-en-onnx
npx relpos export --model models/t5 --format onnx --out models/t5-onnx
npx relpos export --model models/t5 --format huggingface --dtype bfloat16 --out models/t5-half
npx relpos export --model models/bert --format onnx --out models/bert-onnx
\`\`\`

The model is a run of \`relpos train\`, with \`--task\` or without, a trial of a comparison (\`--trial rope-1\`), a run that goes on from a
pretrained model, or a folder of transformers with a decoder, an encoder-decoder (T5, mT5, BART, Marian, Pegasus, Blenderbot) or an encoder (BERT, RoBERTa, DeBERTa-v2, ModernBERT). \`--out\` appears whole or not at all, and a folder with files is never replaced; what a killed
call left is removed by the next one in the same place. In a program:

\`\`\`ts
import { exportModel, openRun } from "relpos";

const run = await openRun("runs/book");
await exportModel({ model: run, format: "onnx", out: "models/book-onnx" });
const { files } = await exportModel({ model: run, format: "huggingface", out: "models/book" });
console.log(files);
\`\`\`
`;

const onnx = `## In transformers.js, and wherever ONNX Runtime is

\`\`\`js
import { env, pipeline } from "@huggingface/transformers";

env.localModelPath = "models";
env.allowRemoteModels = false;
const generate = await pipeline("text-generation", "book-onnx");
console.log(await generate(["Call me", "The whale"], { max_new_tokens: 64 }));
\`\`\`

The folder has \`config.json\`, \`generation_config.json\`, \`tokenizer.json\`, \`tokenizer_config.json\` and \`onnx/model.onnx\`. Positions are
computed in the graph, so the model goes by a type that programs know, Llama, whatever its encoding is. All operators are ONNX's own
(opset 20), and weights have the names of the parameters. Above 512 MiB they are in \`onnx/model.onnx_data\`. No option is needed in a
browser either: the configuration says which type the weights have.

${table(
  ["Input or output", "Type", "Shape"],
  [
    ["`input_ids`", "int64", "`[batch_size, sequence_length]`"],
    [
      "`attention_mask`",
      "int64",
      "`[batch_size, total_sequence_length]`, 0 where a token is padding",
    ],
    [
      "`past_key_values.N.key`, `.value`",
      "float32",
      "`[batch_size, heads, past_sequence_length, width]`, empty at first",
    ],
    ["`logits`", "float32", "`[batch_size, sequence_length, vocab]`"],
    ["`present.N.key`, `.value`", "float32", "the past and the new tokens"],
  ],
)}

Positions follow from the mask: the first token that is text has position 0, so shorter texts are padded on the left. Bytes, characters and
words get a \`tokenizer.json\` that gives the ids of relpos, and a token of padding, \`<|padding|>\`, behind all others. A character or
a word that the training text did not have is an error in relpos, and left out by other programs. A pretrained model keeps the files of its
tokenizer.
`;

const pairs = `## Encoder-decoders in transformers.js

\`\`\`js
import { env, pipeline } from "@huggingface/transformers";

env.localModelPath = "models";
env.allowRemoteModels = false;
const write = await pipeline("text2text-generation", "de-en-onnx");
console.log(await write("Ein Hund rennt.", { max_new_tokens: 100 }));
\`\`\`

Translating, summarising and answering are all called so. The folder has two models, \`onnx/encoder_model.onnx\` and
\`onnx/decoder_model_merged.onnx\`, each with its weights beside it above 512 MiB; a token table that both read is in both. A pretrained model
keeps the keys of its configuration and the files of its tokenizer, and gets the ids that its class implies (\`decoder_start_token_id\`,
\`forced_eos_token_id\` and others), which JavaScript does not know. Pegasus, which transformers.js does not know, goes by the type BART and a run by T5; begin symbol, end symbol and padding are
tokens of its \`tokenizer.json\`, which puts the end symbol behind a source. T5 expects the prefix of its task before a text:
\`"translate English to German: …"\`.

${table(
  ["Encoder", "Type", "Shape"],
  [
    ["\`input_ids\`", "int64", "\`[batch_size, encoder_sequence_length]\`"],
    ["\`attention_mask\`", "int64", "the same, 0 where a token is padding"],
    ["\`last_hidden_state\`", "float32", "\`[batch_size, encoder_sequence_length, width]\`"],
  ],
)}

${table(
  ["Decoder", "Type", "Shape"],
  [
    ["\`input_ids\`", "int64", "\`[batch_size, decoder_sequence_length]\`"],
    ["\`encoder_attention_mask\`", "int64", "\`[batch_size, encoder_sequence_length]\`"],
    ["\`encoder_hidden_states\`", "float32", "\`[batch_size, encoder_sequence_length, width]\`"],
    ["\`use_cache_branch\`", "bool", "\`[1]\`, false in the first call"],
    ["\`past_key_values.N.decoder.key\`, \`.value\`", "float32", "of the target, empty at first"],
    ["\`past_key_values.N.encoder.key\`, \`.value\`", "float32", "of the source, empty at first"],
    ["\`logits\`", "float32", "\`[batch_size, decoder_sequence_length, vocab]\`"],
    ["\`present.N.decoder.key\`, \`.value\`", "float32", "the past and the new tokens"],
    [
      "\`present.N.encoder.key\`, \`.value\`",
      "float32",
      "of the source in the first call, then empty: keep the first ones",
    ],
  ],
)}

The source is projected to keys and values in the first call and in no other. ONNX Runtime gives the same logits on WebGPU (\`test/export/webgpu.test.ts\`, in
Node, with a software driver); browsers were not tried. Texts may be padded on either side; positions of a source
follow from the mask. Targets have no padding: in transformers.js a text that has ended goes on until all texts of a call end at the same
token, so read what is before the first end symbol, or give texts one by one. It has no beam search.
\`relpos translate\` has; it takes folders of transformers too, see [docs/generation.md](generation.md).
A run of \`--architecture decoder-only\` is exported as a decoder, whose \`tokenizer.json\` puts the begin symbol behind a source; runs of
\`--architecture span\` are not exported.
`;

const encoders = `## Encoders

\`\`\`js
const features = await pipeline("feature-extraction", "bert-onnx");
console.log((await features("A text.")).dims);
\`\`\`

BERT, RoBERTa, DeBERTa-v2 and ModernBERT are written from folders of transformers, in both formats. \`onnx/model.onnx\` reads \`input_ids\`, \`attention_mask\`
and, where the model has several segments, \`token_type_ids\`; it gives \`last_hidden_state\` and, where there is a head for masked tokens,
\`logits\`, for the pipeline \`fill-mask\`. Texts may be padded on either side. Poolers and the head for the next sentence, which relpos does not load,
are in neither format: transformers says so where it opens the folder, and BertForPreTraining becomes BertForMaskedLM.
`;

const types = `## Smaller files

\`\`\`
npx relpos export --model models/llama --format onnx --dtype float16 --out models/llama-fp16
npx relpos export --model models/llama --format onnx --dtype int4 --out models/llama-q4
\`\`\`

${table(
  ["`--dtype`", "File", "In transformers.js", "Numbers"],
  [
    ["float32, the default", "`model.onnx`", "`fp32`", "those of the model"],
    [
      "float16",
      "`model_fp16.onnx`",
      "`fp16`",
      "each weight rounded to float16; the model casts it to float32 when it is loaded, and computes in float32",
    ],
    ["int8", "`model_quantized.onnx`", "`q8`", "those of `--weights int8`"],
    ["int4", "`model_q4.onnx`", "`q4`", "those of `--weights int4`"],
  ],
)}

Weights in float16 take half the bytes of the file, and as many as float32 in memory. A weight that float16 does not hold is named, and
nothing is written. Weights in int8 and int4 are products with \`MatMulNBits\`, an operator of ONNX Runtime alone; tables, norms and
biases stay float32, and a head that shares the token table becomes a copy in few bits. They are in the model file itself, so they may have at most 2 GB. On WebGPU
transformers.js opens \`fp16\` only where the card has half precision, which these files do not need.

\`oracle/types-in-transformers-js.ts\` exported a run of 1.9 million parameters and a tiny Llama in each type, and transformers.js 4.3.1 on
Node wrote the 64 tokens that relpos writes with the same numbers, behind each of two texts, one of them padded. The files of the run have
7.7, 4.0, 2.5 and 1.6 MB. Of encoder-decoders, which are written as float32 or float16, a tiny T5 in float16 gave the tokens that it gave in float32
with the same rounded weights.
`;

const huggingface = `## In Python's transformers

\`\`\`python
from transformers import AutoModelForCausalLM, AutoTokenizer

model = AutoModelForCausalLM.from_pretrained("models/book")
tokenizer = AutoTokenizer.from_pretrained("models/book")
\`\`\`

A pretrained model keeps its configuration, also that of \`relpos extend\`, with rotary positions in the keys of version 4 and of version 5; the
head of GPT-NeoX has the name that both versions read. An extension that no configuration can say, such as \`log-n\`, is refused. Weights
are written as float32, float16 or bfloat16, by default in the type that the configuration says; a weight that float16 cannot hold is named.

A model that was trained here becomes one of the first family that has its blocks and its positions. Biases that only the family has are 0.

${table(
  ["Encoding", "Options of `relpos train`", "Family"],
  [
    ["`rope`", "none", "GPT-NeoX"],
    [
      "`rope`",
      "`--norm rms --activation swiglu` (or `geglu`), with or without `--no-bias`",
      "Llama",
    ],
    ["`rope`", "`--form parallel-two`", "GPT-NeoX"],
    ["`rope`", "`--form parallel`", "Phi"],
    ["`rope`", "`--key-value-heads 1`", "Falcon"],
    ["`rope(layout=interleaved)`", "`--form parallel --no-bias`", "GPT-J"],
    ["`alibi`", "`--no-bias`", "MPT"],
    ["`learned`", "none", "GPT-2"],
    ["`none`", "none", "GPT-NeoX that rotates nothing"],
    ["`none`", "`--norm rms --activation swiglu`, with `--no-bias` or without", "SmolLM3"],
    ["`layers(3*rope,none)`", "`--norm rms --activation swiglu`", "SmolLM3"],
  ],
)}

Where no family has it, the command says what the nearest ones have. No family of decoders has \`t5\`, \`fire\`, \`cope\` or \`sinusoidal\`.
Runs that go on from a pretrained model are written alike, adapters merged. Runs of 20 steps from tiny SmolLM3 and Gemma 3, whose layers
differ in their positions, had logits in transformers 5.23.0 within 3e-6 of those of relpos. The folder has no token of padding, which would be outside the table: give the tokenizer one of the model's own, which the mask hides.

### Encoder-decoders

\`\`\`python
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

model = AutoModelForSeq2SeqLM.from_pretrained("models/de-en")
tokenizer = AutoTokenizer.from_pretrained("models/de-en")
found = model.generate(**tokenizer(["Ein Hund rennt."], return_tensors="pt"), num_beams=5, max_new_tokens=100)
print(tokenizer.batch_decode(found, skip_special_tokens=True))
\`\`\`

Pretrained ones keep their configuration, as decoders do. A run of \`relpos train --task\` becomes one of these families; its symbols are tokens of
the tokenizer, and a target that has ended is padded with the end symbol.

${table(
  ["\`--encoding\`", "Options of \`relpos train --task\`", "Family"],
  [
    [
      "\`t5\`, any of its options",
      "\`--norm rms --no-bias\`, with \`--activation geglu-tanh\`, \`swiglu\`, \`relu\`, \`gelu\`, \`gelu-tanh\` or \`silu\`",
      "T5",
    ],
    ["\`learned\`", "none, with biases or without", "Blenderbot"],
    ["\`sinusoidal\`, layout \`paper\` or \`concat\`", "none, with biases or without", "Pegasus"],
    ["\`sinusoidal\`, the same", "\`--form post\`", "Marian"],
  ],
)}

T5 multiplies no scores, so factors of scores go into the weights of queries; Marian and Pegasus have sines before cosines, so the components of
the stream change places. No family has \`learned\` with \`--form post\` (BART has a norm after the embedding), a gate outside T5, two encodings, or one between target
and source; the format onnx takes all of them. A head that is the table is written twice for T5, which would scale it otherwise.

### How it was checked

\`oracle/check_exports.py\` loads the folders of decoders in transformers 5.23.0 and 4.57.6: 45 folders of tiny checkpoints of all families, extended ones, and models with
random weights of each row above. The largest difference of a logit is below 2e-6 of the largest logit. ONNX's checker accepts every model
with full shape inference, and Python's ONNX Runtime gives the logits of relpos, in a piece and token by token. Encoder-decoders and
encoders were loaded in both versions too: checkpoints of all families, and models with random weights of each row above, with differences below 7e-7;
in ONNX Runtime the source was padded on either side. One configuration means two things: version 4 does not know \`scale_decoder_outputs\`, with which
version 5 writes a T5 or mT5 whose head is the table and is not scaled, and scales it. Two attentions of
transformers give other numbers, whatever wrote the folder: the default one of version 4 leaves the caps of Gemma 2 out (choose
\`attn_implementation="eager"\`), and the eager one of Falcon adds ALiBi otherwise.

relpos reads no ONNX files, so no file of another place can be named in one that it reads.
`;

/** Why an encoding is not in the encoder; undefined where it may be. */
function reasonInEncoder(definition: EncodingDefinition): string | undefined {
  const shape = { model: 32, heads: 4, headDim: 8, layers: 1, vocab: 256, trainLength: 32 };
  try {
    return reasonAgainstEncoder(definition.create({ ...shape, causal: false }), 1);
  } catch (error) {
    if (error instanceof RangeError) return "is for decoders alone";
    throw error;
  }
}

/** The encodings that do not fit, by their reasons. */
function refused(): string {
  const config = transformerConfig({ vocab: 256, model: 32, heads: 4, layers: 1 });
  const reasons = encodings.flatMap((definition) => {
    const model = languageModel(config, definition, 32);
    const [target, source] = [reasonAgainst(model), reasonInEncoder(definition)];
    if (target === undefined && source === undefined) return [];
    return [[`\`${definition.id}\``, target ?? "fits", source ?? "fits"]];
  });
  return `## Encodings that the format onnx does not take

Of earlier tokens it keeps keys and values, and nothing else. All
${encodings.length - reasons.length} other encodings fit everywhere, also between target and source where relpos has them there.

${table(["Encoding", "In a decoder", "In the encoder of an encoder-decoder"], reasons)}
`;
}

/** What was generated, model by model. */
function generated({ version, tokens, rows, pairs: written, encoders: read }: Generated): string {
  const all = (counts: readonly number[]): string =>
    counts.every((count) => count === tokens) ? "the same" : counts.join(", ");
  return `## What was generated

\`oracle/check-transformers-js.ts\` exported these models, opened them in transformers.js ${version} on Node, and continued two texts by
${tokens} tokens, the likeliest each time: each text alone, and both at once, the shorter one padded on the left. Models that were
trained for it have the tokenizer that is named; the others are tiny checkpoints with random weights.

${table(
  ["Model", "Encoding", "Alone", "Padded"],
  rows.map(({ model, encoding, alone, padded }) => [
    model,
    `\`${encoding.replace(/\(.*/, "")}\``,
    all(alone),
    all(padded),
  ]),
)}

Encoder-decoders wrote targets of ${tokens} tokens for two sources, each alone, and both at once with padding on either side: the likeliest
token each time that repeats no pair of tokens, or random models would write one token again and again. Of those that were trained here the
pipeline \`text2text-generation\` also wrote the text of \`relpos translate\`.

${table(
  ["Model", "Encoding", "Alone", "Padded left", "Padded right", "Text of the pipeline"],
  written.map(({ model, encoding, alone, left, right, text }) => [
    ...[model, encoding, all(alone), all(left), all(right)],
    text === undefined ? "" : text ? "the same" : "another",
  ]),
)}

Encoders read two texts at once, the shorter one padded: ${read.length} tiny checkpoints of all families. The largest difference of a logit, or of a hidden
state where there is no head, was ${Math.max(...read.map(({ error }) => error)).toExponential(1)} of the largest.
`;
}

/** The page. */
export function exportPage(): string {
  const file = new URL("./transformers-js.json", import.meta.url);
  const record = JSON.parse(fs.readFileSync(file, "utf8")) as Generated;
  const parts = [
    ...[opening, onnx, types, pairs, encoders, refused(), huggingface],
    generated(record),
  ];
  return (
    parts
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trimEnd() + "\n"
  );
}
