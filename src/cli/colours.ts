/**
 * Colours of the terminal, where there is one and nobody said otherwise (`NO_COLOR`).
 *
 * @module
 */
import type { WriteStream } from "node:tty";

const codes = { good: 32, bad: 31, quiet: 90, strong: 1 } as const;

/** How many bits of colour a stream shows: 1 is none. */
export function colourDepth(stream: NodeJS.WriteStream): number {
  // Only a terminal has the method; it reads NO_COLOR, FORCE_COLOR and TERM.
  const terminal = stream as Partial<WriteStream>;
  return stream.isTTY && terminal.getColorDepth ? terminal.getColorDepth() : 1;
}

/** Paints words for one stream. */
export class Colours {
  readonly #on: boolean;

  constructor(stream: NodeJS.WriteStream) {
    this.#on = colourDepth(stream) > 1;
  }

  paint(words: string, kind: keyof typeof codes): string {
    return this.#on ? `\x1b[${codes[kind]}m${words}\x1b[0m` : words;
  }
}
