/**
 * Learned positions: one trained vector for each position, added to the token vector.
 *
 * Gehring et al., "Convolutional Sequence to Sequence Learning", 2017. https://arxiv.org/abs/1705.03122
 *
 *     x_i ← x_i + table[i]
 *
 * Acts on:    token vectors [batch, query, model], once, before the first block
 * Learns:     position.learned.table [maxLength, model], from N(0, 0.02²); it decays, as in BERT (google-research/bert,
 *             optimization.py) and nanoGPT
 * Reference:  PyTorch, nn.Embedding, as GPT-2 and BERT use it (transformers, models/gpt2/modeling_gpt2.py)
 * Differs:    positions begin at 0; RoBERTa and OPT keep two rows before the first.
 *             A position beyond the table is an error, never the last row again.
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import { gather } from "../operators/indexing.ts";
import { option } from "../options/option.ts";
import { whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { checkPositions, lengthLimit } from "./parts/limit.ts";

const table = "position.learned.table";

/** Learned absolute positions. */
export const learned = defineEncoding({
  id: "learned",
  family: "input",
  summary: "Each position has a trained vector of its own, added to the token vector.",
  formula: "x_i ← x_i + P[i],  P ∈ ℝ^(N×D) learned",
  paper: {
    title: "Convolutional Sequence to Sequence Learning",
    year: 2017,
    url: "https://arxiv.org/abs/1705.03122",
  },
  options: {
    maxLength: option("Rows of the table.", whole({ least: 1 }), { otherwise: "the train length" }),
  },
  create({ model, trainLength }, { maxLength = trainLength }) {
    const limit = lengthLimit("learned", maxLength);
    const initial = { kind: "normal", deviation: 0.02 } as const;
    return {
      id: "learned",
      parameters: [{ name: table, shape: [maxLength, model], initial, decays: true }],
      limit,
      embed(embeddings, context) {
        checkPositions("learned", context.queries, limit);
        return add(embeddings, gather(context.parameter(table), context.queries.tensor));
      },
      cache: { keys: "either" },
      shiftInvariant: false,
    };
  },
});
