/**
 * `relpos tokenizer train`: from text files to a `tokenizer.json`, one line at the end.
 *
 * @module
 */
import { trainTokenizer } from "../data/train-tokenizer-file.ts";
import { InputError } from "../errors.ts";
import { grouped } from "../format.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { version } from "../version.ts";
import type { TokenizerTrainOptions } from "./tokenizer-options.ts";
import { TokenizerProgressLine } from "./tokenizer-progress.ts";

const schema = "relpos-tokenizer/1";

/**
 * Runs the command.
 *
 * @throws {InputError} no text was named, it cannot be read, or an option cannot be
 * @throws {Interrupted} it was stopped; nothing was written
 */
export async function trainTokenizerCommand(options: TokenizerTrainOptions): Promise<void> {
  const { text, corpus, out, kind, vocab, minFrequency, specialTokens = [], json } = options;
  if (text === undefined && corpus === undefined)
    throw new InputError(
      "no text was given. Name files, such as --text book.txt, or a corpus, such as --corpus moby-dick.",
    );
  const interrupt = abortOnInterrupt();
  const progress = new TokenizerProgressLine();
  try {
    const trained = await trainTokenizer({
      corpus: text ? { text } : { name: corpus! },
      out,
      settings: { kind, vocab, minFrequency, specialTokens },
      signal: interrupt.signal,
      onProgress: (now) => progress.update(now),
    });
    progress.end();
    if (trained === undefined) throw new Interrupted("stopped; nothing was written.");
    const { bytes, tokens, merges } = trained;
    const fewer = trained.vocab < vocab ? `, no other pair occurs ${minFrequency} times` : "";
    process.stdout.write(
      json
        ? `${JSON.stringify({ schema, relpos: version, ...trained })}\n`
        : `${out}: ${grouped(trained.vocab)} tokens, ${grouped(merges)} of them merged${fewer}; ` +
            `${(bytes / tokens).toFixed(2)} bytes a token in ${grouped(bytes)} bytes of text\n`,
    );
  } finally {
    progress.end();
    interrupt.release();
  }
}
