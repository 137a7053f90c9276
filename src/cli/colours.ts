/**
 * Colours of the terminal; none where there is no terminal or `NO_COLOR` is set.
 *
 * @module
 */
import type { WriteStream } from "node:tty";

const codes = { good: 32, bad: 31, quiet: 90, strong: 1 } as const;

/** Bits of colour that a stream can show; 1: no colour. */
export function colourDepth(stream: NodeJS.WriteStream): number {
  // Only a terminal has the method, which reads NO_COLOR, FORCE_COLOR and TERM.
  const terminal = stream as Partial<WriteStream>;
  return stream.isTTY && terminal.getColorDepth ? terminal.getColorDepth() : 1;
}

/** Colours words for one stream. */
export class Colours {
  readonly #on: boolean;

  constructor(stream: NodeJS.WriteStream) {
    this.#on = colourDepth(stream) > 1;
  }

  /** The words with the codes of a colour, or as they are where the stream shows none. */
  paint(words: string, kind: keyof typeof codes): string {
    return this.#on ? `\x1b[${codes[kind]}m${words}\x1b[0m` : words;
  }
}
