/**
 * Whether decoding with a cache gives what one pass over the whole text gives.
 *
 * @module
 */
import { below } from "./check.ts";
import type { ContractCheck, Measure } from "./check.ts";
import type { DecodingOptions } from "../generation/decoding-graph.ts";
import { compileDecoder } from "./decoder.ts";
import { logitsOf, positionsFrom, randomTokens, relativeDifference } from "./small-model.ts";

const batch = 2;
const longest = 40;

/** Texts in one piece, token by token, and in uneven pieces from one graph for all; token by token from its own. */
export const decoding: ContractCheck = {
  name: "decoding",
  asks: "a cache, token by token, gives what one pass gives",
  async run({ model, values, compile }) {
    const { cache, limit } = model.encoding;
    if (cache.keys === "recompute") return { skipped: "it declares that nothing can be cached" };
    const length = Math.min(limit?.length ?? longest, longest);
    const tokens = randomTokens(batch, length, 5);
    const expected = logitsOf(model, values, tokens, positionsFrom(0, length));
    const single = Array<number>(length).fill(1);
    const ways: readonly [string, readonly number[]][] = [
      ["in one piece", [length]],
      ["token by token", single],
      ["in pieces", [3, 1, length - 5, 1].filter((piece) => piece > 0)],
    ];
    const graphs: readonly [string, DecodingOptions, typeof ways][] = [
      ["order of positions told", {}, ways],
      ["not told", { consecutive: false }, ways],
      ["graph of one token", { sequence: 1 }, [["token by token", single]]],
    ];
    const measures: Measure[] = [];
    for (const [told, options, asked] of graphs) {
      const decoder = await compileDecoder(model, values, compile, options);
      try {
        for (const [way, pieces] of asked) {
          const found = await decoder.decode(tokens, pieces);
          measures.push(below(`${way}, ${told}`, relativeDifference(found, expected), 1e-5));
        }
      } finally {
        await decoder.dispose();
      }
    }
    return { measures };
  },
};
