/**
 * A decoder whose logits follow a rule on integers, the one of oracle/generation.py.
 *
 * @module
 */
import type { Decoder } from "../../src/generation/decoder.ts";
import type { Logits } from "../../src/generation/logits.ts";
import type { TokenRows } from "../../src/generation/token-rows.ts";
import { trainedModel } from "./trained-model.ts";

const vocab = 23;

/** A word of 32 bits whose bits depend on all bits of x. */
export function mixed(x: number): number {
  let word = x | 0;
  for (let round = 0; round < 2; round++) word = Math.imul(word ^ (word >>> 16), 0x45d9f3b);
  return (word ^ (word >>> 16)) >>> 0;
}

/** Logits from 0 to 8 in steps of 2⁻¹⁷: the last two tokens and the length decide. */
function rule(ids: readonly number[]): number[] {
  const key = mixed(ids.at(-1)! * 1009 + ids.at(-2)! * 31 + ids.length);
  return Array.from({ length: vocab }, (_, id) => (mixed(key + 7919 * id) >>> 12) / 2 ** 17);
}

/** A decoder of that rule. */
export function ruleDecoder(): Decoder {
  let rows: number[][] = [];
  const logits = (): Promise<Logits> =>
    Promise.resolve({
      shape: [rows.length, vocab],
      data: Float32Array.from(rows.flatMap(rule)),
    });
  return {
    model: trainedModel("none").model,
    get positions() {
      return rows.map(({ length }) => length);
    },
    prefill(prompts: TokenRows) {
      rows = Array.from(prompts, (ids) => Array.from(ids));
      return logits();
    },
    step(tokens: ArrayLike<number> | TokenRows, { origins } = {}) {
      const before = origins ? Array.from(origins, (row) => rows[row]!) : rows;
      rows = before.map((ids, row) => [...ids, tokens[row] as number]);
      return logits();
    },
    rollback: () => undefined,
    reset: () => undefined,
    dispose: () => Promise.resolve(),
  };
}
