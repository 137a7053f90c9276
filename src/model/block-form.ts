/**
 * The forms of a block: where its norms and residual sums are, as data.
 *
 *     pre            x ← x + f(norm x)                   GPT-2, Llama
 *     post           x ← norm(x + f x)                   the original Transformer, BERT
 *     double         x ← x + norm′(f(norm x))            Gemma 2
 *     parallel       x ← x + a(norm x) + f(norm x)       GPT-J: one norm for attention and feed-forward
 *     parallel-two   x ← x + a(norm x) + f(norm′ x)      GPT-NeoX: a norm for each
 *
 * @module
 */

/** The parts of a block in their order; `crossAttention` only where a block has it. */
export type SubLayer = "attention" | "crossAttention" | "feedForward";

/** Names of the norms around one sub-layer; absent: none is there. */
export interface SubLayerNorms {
  /** Of its input. */
  readonly input?: string;
  /** Of its output, before the residual sum. */
  readonly output?: string;
  /** Of the residual sum. */
  readonly sum?: string;
}

/** One form. */
export interface BlockFormRule {
  /** Whether a sub-layer reads the sum after the one before it, or all read the block's input. */
  readonly order: "sequential" | "parallel";
  readonly norms: Readonly<Record<SubLayer, SubLayerNorms>>;
  /** Whether a norm follows the last block by default. */
  readonly finalNorm: boolean;
}

/** A form's name. */
export type BlockForm = "pre" | "post" | "double" | "parallel" | "parallel-two";

/** All forms by name. */
export const blockForms: Readonly<Record<BlockForm, BlockFormRule>> = {
  pre: {
    order: "sequential",
    norms: {
      attention: { input: "norm1" },
      crossAttention: { input: "crossNorm" },
      feedForward: { input: "norm2" },
    },
    finalNorm: true,
  },
  post: {
    order: "sequential",
    norms: {
      attention: { sum: "norm1" },
      crossAttention: { sum: "crossNorm" },
      feedForward: { sum: "norm2" },
    },
    finalNorm: false,
  },
  double: {
    order: "sequential",
    norms: {
      attention: { input: "norm1", output: "norm1After" },
      crossAttention: { input: "crossNorm", output: "crossNormAfter" },
      feedForward: { input: "norm2", output: "norm2After" },
    },
    finalNorm: true,
  },
  parallel: {
    order: "parallel",
    norms: {
      attention: { input: "norm1" },
      crossAttention: { input: "norm1" },
      feedForward: { input: "norm1" },
    },
    finalNorm: true,
  },
  "parallel-two": {
    order: "parallel",
    norms: {
      attention: { input: "norm1" },
      crossAttention: { input: "crossNorm" },
      feedForward: { input: "norm2" },
    },
    finalNorm: true,
  },
};
