/**
 * `docs/longer-texts.md`, with the methods and their options from their declarations.
 *
 * @module
 */
import { extensionMethods } from "../../src/encodings/extension/methods.ts";
import { describeOptions } from "../../src/options/description.ts";
import { optionInWords } from "../../src/options/words.ts";
import { retrievalTasks } from "../../src/retrieval/tasks/index.ts";
import { table } from "./markdown.ts";

const opening = `# Longer texts

This page is written by \`node docs/make/all.ts\`; a test holds it up to date.

A model with rotary positions that was trained on texts of some length predicts badly beyond it. \`relpos extend\` gives it other
rotary positions with the same weights, and shows that they took effect:

\`\`\`
npx relpos extend --model models/llama --method yarn --factor 4 --out models/llama-long
npx relpos extend --model models/llama --method "yarn(fast=16)" --factor 4 --text book.txt --out models/llama-book
npx relpos extend --model runs/book --method pi --factor 2 --out runs/book-long
\`\`\`

The model is a folder of transformers (Llama, Mistral, Qwen2 and 3, SmolLM3, Gemma 1 to 3, GPT-NeoX, GPT-J, Phi, Falcon without
ALiBi), or a run that \`relpos train\` trained with \`rope\`. \`--out\` gets the same weights and tokenizer, another configuration, and
\`extension.json\`. The folder appears whole or not at all; a folder with files is never replaced. On a file system that can share
blocks, weights take no space a second time.

## Where it breaks

\`\`\`
npx relpos evaluate --model models/llama --text book.txt --lengths 512,1024,2048
npx relpos evaluate --model models/llama-long --text book.txt --lengths 512,1024,2048
\`\`\`

At each length the same tokens are predicted twice: in windows that do not overlap, where a token has half a window before it on
average, and in sliding ones, of which each predicts its second half, so that a token has half a window before it at least. Losses by
position are those of the longest windows. The model breaks at the first position from which on perplexity stays 1.1 times the lowest
of earlier positions, or more. Where the tokenizer does not give the text back to the byte, there are no bits per byte. Rules that
follow the length of the text have the frequencies of each length.

## Which method is best

\`\`\`
npx relpos evaluate --model models/llama --extend yarn,ntk-aware,pi --factor 4 --lengths 512,2048 --report longer.html
npx relpos evaluate --model models/llama --model models/llama-long --text book.txt --lengths 512,2048
\`\`\`

The first extends the model in memory, by each method and not at all, and writes no model; methods and their options are those of
\`relpos extend\`. The second compares folders, of models and of runs, whose tokenizers give the same tokens. All predict the same tokens. The
table has perplexity in both kinds of windows, the distance to the lowest in nats a token, and its interval: 95 %, for all pairs of
models at a length together, paired over at most 32 pieces of the text. \`*\` marks the lowest, \`~\` what is not shown to be higher.
\`--report\` writes perplexity by length, loss by position and every number as a page, \`--json\` prints them.

## What it finds

\`\`\`
npx relpos retrieve --model models/llama --tasks passkey,needle --lengths 512,1024,2048 --html found.html
npx relpos retrieve --model models/llama --tasks multi-value,variables,common-words --lengths 1024 --judge written
npx relpos retrieve --model runs/book --lengths 64,128,256 --samples 32 --svg found.svg --out found.json
\`\`\`

A low perplexity far away does not say that a model finds what it read there. \`relpos retrieve\` hides something in a text and asks for
it at the end, by the length of the text and by the depth at which it is hidden. It takes pretrained models and runs.

${retrievalTasks.map(({ name, summary }) => `- \`${name}\`: ${summary}`).join("\n")}

\`passkey\` is that of Mohtashami & Jaggi 2023 (https://arxiv.org/abs/2305.16300), the others follow RULER (Hsieh et al. 2024,
https://arxiv.org/abs/2404.06654). The last two are spread over the text and have no depth. Differences from the published code are at the
head of each file in \`src/retrieval/tasks\`.

- \`--judge\` says what is right. \`likeliest\`, the default: each token of the answer is the likeliest one behind those before it, so
  greedy decoding begins with this answer. It reads each prompt once, and expects several answers in a fixed order.
  \`written\`: the model writes, greedily, and the score is RULER's, the share of the answers that occur in what it wrote,
  in any order and either case. With the short wording they must be whole words in their own case, because names of one letter occur
  in any text. Take it for tasks with several answers, and for numbers to compare with RULER's.
- The model may write twice the tokens of the answer; with the published words those of RULER where they are more: 128, for variables
  30, for common words 120. \`--max-tokens\` gives another number.
- A length counts the prompt, the answer or what the model may write, and the tokens that begin a text, as RULER does. Prompts of a text have exactly that many tokens, or
  the nearest number below where no cut of the text gives it; the result says how many. A list of words has the nearest below.
- The published words need some 100 tokens. Where they leave less than half of the shortest length, shorter ones are used, so that
  64 bytes suffice for \`passkey\` and \`needle\`; \`--wording\` chooses.
- Shares have Wilson's interval, 95 %, and what guessing among all possible answers reaches is printed. \`--json\` and \`--out\` have
  every text that was written.
- Small models are hardly ever right. So the loss of the answer is given too, beside that of the same answer behind a prompt that hides
  another one. The difference, paired by sample with its interval, is what the model gained by reading.
- Samples are the same at all depths and lengths. A tokenizer without digits can be asked for words: \`--values words\`.

What such a map shows, on a small model that does retrieve: a run with \`rope\` of 384,192 parameters (three layers of 96, RMS norms, Muon,
bytes), trained for 12,500 steps on texts of the task \`passkey\` with the short wording. Most texts had 44 to 126 bytes, with windows of 128;
the last 3,500 steps had 60 to 128 bytes, keys mostly near the beginning, and windows of 160. The table has the right ones of 32 samples
at depths of 0, 50 and 100 %, by

\`\`\`
npx relpos extend --model runs/passkey --method self-extend --factor 2 --out runs/passkey-long
npx relpos retrieve --model runs/passkey-long --tasks passkey --lengths 128,192,256,320 --depths 0,50,100 --samples 32
\`\`\`

${table(
  ["Method, factor 2", "128 tokens", "192", "256", "320"],
  [
    ["none", "23, 30, 32", "9, 25, 32", "0, 1, 32", "0, 1, 0"],
    ["`self-extend`", "28, 30, 32", "20, 29, 32", "7, 27, 32", "20, 15, 32"],
    ["`jet-long`", "23, 30, 32", "26, 26, 32", "7, 28, 32", "18, 29, 32"],
    ["`ntk-aware`", "29, 13, 2", "0, 25, 2", "0, 0, 2", "0, 0, 0"],
    ["`yarn`", "0, 9, 0", "0, 5, 0", "0, 0, 0", "0, 0, 0"],
    ["`pi`", "0, 0, 0", "0, 0, 0", "0, 0, 0", "0, 0, 0"],
  ],
)}
Without training on, methods that keep the distances of training find keys in texts twice as long, and those that change frequencies lose
what the model had learned. It is one model of one seed.

## What is shown

Nothing of the proof is read from options. It is measured in the model, by asking attention for scores of unit vectors:

- every inverse frequency before and after, the attention factor, and the part of each pair in scores at four distances: within the
  length of training, at its end, and at the end of the longer texts;
- the logits of both models at near and far positions of a text: the loss of the next token, the highest logits, the largest change;
- the same once more from the folder that was written.

An option that was given and changes none of these in this model is named. The command fails, and writes nothing, where the method changes none of these, where the model has a rule for longer texts already, or
where the length of training is unknown. The configuration says the length (\`max_position_embeddings\`); where that was raised since,
or is missing, give \`--original-length\`.

## Who can read it

Where transformers has keys for the method, \`config.json\` says it in those of version 4 (\`rope_theta\`, \`rope_scaling\`) and of version 5
(\`rope_parameters\`), and every program that reads them has the extended model. transformers 5.23 loads the folders with the same
inverse frequencies (within 2e-6) and logits (within 1e-5 of the largest) on tiny models of eight families, in texts shorter and
three times longer than those of training; 4.57.6 gives the same logits of all but GPT-NeoX, whose head it looks for under another
name. For other methods, and for GPT-J, whose class reads no such keys, the file keeps the
keys of before beside \`relpos_extension\`: relpos applies the method, and other programs load the model as it was. The command says
which.

Frequencies of \`dynamic-ntk\` and \`longrope\` follow from the length of the text. relpos computes them for one length, \`--text-length\`
here and \`textLength\` of \`loadCheckpoint\`, where transformers changes them while it decodes.

## In a program

\`\`\`ts
import { extend, extendFolder, loadCheckpoint, retrieveAnswers } from "relpos";

const model = await loadCheckpoint("models/llama");
const longer = extend(model, { method: "yarn(fast=16)", factor: 4 });
const { before, after } = longer.extension.proof.extended[0].rotation;
console.log(before.frequencies, after.frequencies, after.attentionFactor);

const options = { model: "models/llama", method: "yarn", factor: 4, out: "models/llama-long" };
console.log((await extendFolder(options)).readBack);

const { cells } = await retrieveAnswers(longer, { lengths: [4096], tasks: ["passkey"] });
console.log(cells[0]);
\`\`\`

\`longer\` is a trained model as \`model\` is, and shares its weights. Layers that do not rotate, and layers of Gemma 3 that see a window of
the text, stay as they are.

## Methods

Methods from \`self-extend\` on leave frequencies as they are and give far keys other distances, none of which is new to the model: they
need no training, and take one or two more products of queries and keys. Their frequencies at a distance of 1 do not change, so look
at the cosines far away. \`streaming-llm\` and \`lm-infinite\` see a window and the first tokens alone: texts may have any length, but
what left the window is forgotten. All keys stay in the cache all the same; a decoder of the model with plain rotary positions drops
them with \`forgetsAfter\`.

\`jet-long\` counts far positions in groups of N / L, rounded up, of the N tokens that a text has up to now; up to L it changes nothing.
What the cache keeps of a token was computed with the groups of its time, as in the authors' code: where a text that is being generated
passes a multiple of L, its logits are near those of a pass over the whole text, and not the same.

\`--factor\` is the new length divided by that of training. Options are written behind the method: \`yarn(fast=16,slow=2)\`.

`;

/** The page. */
export function longerTextsPage(): string {
  const methods = extensionMethods.map(({ id, summary, options }) => {
    const listed = describeOptions(options).map(
      (option) => `  - \`${option.name}\`: ${optionInWords(option)}`,
    );
    return [`- \`${id}\`: ${summary}`, ...listed].join("\n");
  });
  return `${opening}${methods.join("\n")}\n`;
}
