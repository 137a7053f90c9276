/**
 * `docs/generation.md`, with the options of generation from their declarations.
 *
 * @module
 */
import { generationOptions } from "../../src/generation/generation-options.ts";
import { describeOptions } from "../../src/options/description.ts";
import { optionsTable } from "./options.ts";

const opening = `# Generation

This page is written by \`node docs/make/all.ts\`; a test holds it up to date.

A run that \`relpos train\` or \`relpos compare\` made continues texts, with any encoding:

\`\`\`
npx relpos train --encoding alibi --out runs/book
npx relpos generate --model runs/book --prompt "Call me" --max-tokens 200 --temperature 0.8 --top-p 0.95
npx relpos generate --model runs/book --prompt "Call me" "The whale" --beams 4 --json
\`\`\`

One text is written as it is generated. Several are continued together and written in their order; \`--json\` prints all
of them with their tokens and why each ended. Without \`--prompt\` and \`--prompt-file\` the prompt is read from standard
input. Ctrl-C ends the text after the token that is being computed.

## Talk

\`\`\`
npx relpos generate --model models/chat --chat --system "Be brief." --max-tokens 300
\`\`\`

A pretrained model that was trained for conversations says how they are written for it: \`chat_template.jinja\`, or \`chat_template\` in
\`tokenizer_config.json\`. \`--chat\` reads a turn a line from standard input and writes the answer as it comes, until \`/exit\` or the end of the
input. The conversation stays in the cache: a turn reads its own words and the marks around them, and the past again only where the
template writes it otherwise than before. Ctrl-C stops an answer and not the conversation; while none is written it ends. Of 25
conversations in templates of the shapes of ChatML, Llama 3, Gemma and Mistral, all are written, or refused, as
\`apply_chat_template\` of transformers 5.23 does. Tools and documents are not given to templates. In a program:
\`conversation(model, await readChatTemplate("models/chat"))\`.

## Weights in few bits

\`\`\`
npx relpos generate --model models/llama --prompt "Call me" --weights int4
npx relpos evaluate --model models/llama --weights int8,int4
\`\`\`

Weights of attention, feed-forward layers and the head are rounded to 8 or 4 bits when the model is loaded, in blocks of 32 that share a
factor, and the runtime computes with whole numbers (\`MatMulNBits\`). A token then takes less time, see
[docs/checkpoints.md](checkpoints.md#weights-in-few-bits). Tables, norms, biases and what an encoding learns stay float32. \`relpos evaluate\`
prints what the rounding costs beside float32, over the same pieces of a text. Products in few bits are for the processor only, and such
a model is not trained. In a program: \`quantised(await loadCheckpoint("models/llama"), "int4")\` is a model as any other.

## Translate, summarise, answer

A model that \`relpos train --task\` trained, an encoder-decoder or a decoder-only one, writes a text for each source:

\`\`\`
npx relpos train --task translate --data dates --out runs/dates
npx relpos translate --model runs/dates "Donnerstag, 4. März 2027" --beams 5
npx relpos translate --model runs/dates --file dates.txt --out iso.txt
\`\`\`

\`summarise\` and \`answer\` do the same with runs of their tasks; \`answer\` takes \`--question\` and \`--context\`, or a
question a line as JSON or with a tab between. Texts are arguments, the lines of a file, or those of standard input, each of
which is answered before the next is read. They are written in their order; an empty line gives an empty line. \`--out\` is a new
file, which is there once it is whole: a command that was killed leaves none, and Ctrl-C keeps the lines so far in \`iso.txt.part\`.

A pretrained encoder-decoder does it too: T5, mT5, BART, Marian, Pegasus or Blenderbot, as transformers writes its folder.

\`\`\`
npx relpos translate --model models/t5-small "translate English to German: A dog runs."
npx relpos summarise --model models/bart-cnn --file articles.txt --beams 4 --no-repeat-ngram 3 --length-penalty 2
npx relpos answer --model models/t5-small --context "Mary went to the hall." --question "Where is Mary?"
\`\`\`

The tokens that a target begins with, that are forced and that end it are those of \`generation_config.json\`, \`config.json\` and the model's class;
words of one token in \`bad_words_ids\` are left out, and marks of the tokenizer are no text. Targets are those of \`generate\` in transformers 5.23, token
for token, greedily and with 4 beams (\`npx vitest run test/generation/pretrained-targets.test.ts\`). T5 expects the prefix of its task, which you
give; \`answer\` writes the source as T5 was trained on SQuAD: \`question: … context: …\`. Not taken over are settings of generation such as
\`num_beams\`, \`max_length\`, \`min_length\` and forbidden words of several tokens: give \`--beams\` and \`--max-tokens\`. A folder needs a \`tokenizer.json\`;
those of Marian often have \`source.spm\` and \`target.spm\` instead, which relpos does not read. In a program, give what \`loadEncoderDecoder\` returns to
\`translate\`, \`summarise\` or \`answer\`.

## What a model attends to

\`\`\`
npx relpos attention --model runs/dates --source "4. März 2027"
npx relpos attention --model runs/dates --source "4. März 2027" --html attention.html
\`\`\`

Shows the attention weights of an encoder-decoder on one pair of texts: in each layer those of the source to itself, of the target to
itself, and of the target to the source; in the terminal the mean over heads, with the three source tokens that each target token attends
to most, and as a page each head too. The target is what the model writes, or \`--target\`. Weights are computed in float64, of up to 128
tokens a side. In a program: \`pairAttentionWeights\`.

## In a program

\`\`\`ts
import { compileGenerator, openRun } from "relpos";

const generator = compileGenerator(await openRun("runs/book"));
const options = { maxTokens: 60, temperature: 0.8 };
for await (const { text } of generator.generate(["Call me"], options)) process.stdout.write(text);
for await (const { text } of generator.continueWith([" And"], options)) process.stdout.write(text);
await generator.dispose();
\`\`\`

- Each piece has the row of its prompt, new token ids and new text. The last piece of a text says why it ended: \`end\` (an
  end token), \`stop\` (a stop string), \`length\` (\`maxTokens\`), \`limit\` (the longest text that the encoding allows) or
  \`aborted\` (the \`signal\` that was given).
- \`continueWith\` reads only the new tokens: the earlier ones are in the cache. Texts of beam search, and several texts of
  which one ended before another, are read again.
- Prompts of different lengths are padded on the left, which changes no text. A text that has ended leaves the batch.
- Prompts may be token ids, for a model without a tokenizer. \`compileDecoder\` is one level below: it gives the logits.

## What is the same as elsewhere

Beam search, and what changes the scores of the next token, are those of Hugging Face transformers 5.23. Golden files hold
both: the same tokens for 1 to 5 beams and length penalties from −0.5 to 2, scores within 2e-5, and the
probabilities of each filter within 1e-6. A text that is longer than an encoding's limit ends there, and the command says so.

Every encoding is checked (\`relpos check\`): decoding token by token, in pieces, padded on the left, and with rows chosen
anew as beam search does gives the logits of one pass over the whole text, within 1e-5.

## Options

On the command line \`topP\` is \`--top-p\`. An option that has no effect beside the others is refused.

`;

/** The page. */
export function generationPage(): string {
  return `${opening}${optionsTable(describeOptions(generationOptions))}`;
}
