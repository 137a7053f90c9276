/**
 * BERT's relative positions, `relative_key_query`: queries and keys are multiplied by a learned vector of each distance.
 *
 * Huang, Liang, Xu and Xiang, "Improve Transformer Models with Better Relative Position Embeddings",
 * Findings of EMNLP 2020, its method 4. https://arxiv.org/abs/2009.13658
 *
 *     score[h, i, j] = (q_i·k_j + q_i·t + k_j·t) / √headDim,   t = table[i − j + maxLength − 1]
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     position.bert-relative-key-query.table [2 maxLength − 1, headDim], each layer its own, shared
 *             by heads, from N(0, 0.02²)
 * Reference:  transformers 4, models/bert/modeling_bert.py, BertSelfAttention with position_embedding_type
 *             "relative_key_query" (version 5 has it no more)
 * Differs:    nothing. No distance is clipped: a text longer than the table is an error.
 *             In a causal model the rows of future keys exist and stay as they began
 *
 * @module
 */
import { distanceVectors, relativeKeyOptions } from "./bert-relative-key.ts";
import { defineEncoding } from "./define-encoding.ts";

/** Queries and keys times a vector of each distance. */
export const bertRelativeKeyQuery = defineEncoding({
  id: "bert-relative-key-query",
  family: "content",
  summary:
    "Each distance has a learned vector, by which the query and the key are both multiplied.",
  formula: "score[h,i,j] = (q_i·k_j + q_i·T[i−j] + k_j·T[i−j]) / √d",
  paper: {
    title: "Improve Transformer Models with Better Relative Position Embeddings",
    year: 2020,
    url: "https://arxiv.org/abs/2009.13658",
  },
  options: relativeKeyOptions,
  create: (shape, { maxLength }) =>
    distanceVectors("bert-relative-key-query", ["query", "key"], shape, maxLength),
});
