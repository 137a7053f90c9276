/**
 * Biases that depend on positions.
 *
 * @module
 */
import type { PublishedDefaults } from "./published-defaults.ts";

const kerple = { a: "4 U(0, 1)", p: "4 U(0, 2)" };

/** In the order of the list. */
export const bias: readonly PublishedDefaults[] = [
  {
    id: "alibi",
    options: "alibi(learned=false,biasedHeads=4,biasMax=8,sides=symmetric,preScaled=false)",
    source:
      "Press et al. 2022; ofirpress/attention_with_linear_biases: slopes 2^(−8(h+1)/heads), fixed",
  },
  {
    id: "t5",
    options: "t5(form=t5,buckets=32,maxDistance=128,scoreScale=1,biasMultiplier=1)",
    first: { table: "32×4 N(0, 0.125²)" },
    source:
      "Raffel et al. 2019; transformers, T5Config: 32 buckets up to 128, scores without a scale, table from " +
      "N(0, 1/d_model) (T5PreTrainedModel._init_weights, initializer_factor 1)",
  },
  {
    id: "kerple-log",
    options: "kerple-log",
    first: kerple,
    source: "chijames/KERPLE, ParallelKerpleLog: bias_p uniform up to 2, bias_a up to 1",
  },
  {
    id: "kerple-power",
    options: "kerple-power(kernel=bias)",
    first: kerple,
    source:
      "chijames/KERPLE, ParallelKerplePower: the form of the paper's experiments, bias_p up to 2, bias_a up to 1",
  },
  {
    id: "sandwich",
    options: "sandwich(width=128)",
    source: "Chi et al. 2023: 128 for the width of the sinusoidal positions",
  },
  {
    id: "fire",
    options: "fire(width=32,threshold=512,shared=false)",
    first: {
      scale: "1 0.1 in each layer",
      multiplier: "1 1 in each layer",
      "hidden.weight": "1×32 U(-1, 1) in each layer",
      "hidden.bias": "32 U(-1, 1) in each layer",
      "output.weight": "32×4 U(-0.176777, 0.176777) in each layer",
      "output.bias": "4 U(-0.176777, 0.176777) in each layer",
    },
    source:
      "Li et al. 2024, appendix: mlp_width 32, init_c 0.1, init_L 512, multiplier 1; linear maps as PyTorch's",
  },
  {
    id: "dynamic-position-bias",
    options:
      "dynamic-position-bias(form=x-transformers,width=16,depth=2,logDistance=false,norm=false,shared=true)",
    others: { residual: "false", gridWidth: "no grid, one axis" },
    first: {
      "linear0.weight": "1×16 U(-1, 1)",
      "linear0.bias": "16 U(-1, 1)",
      "linear1.weight": "16×16 U(-0.25, 0.25)",
      "linear1.bias": "16 U(-0.25, 0.25)",
      "output.weight": "16×4 U(-0.25, 0.25)",
      "output.bias": "4 U(-0.25, 0.25)",
    },
    source:
      "x-transformers, DynamicPositionBias: dim // 4, depth 2, no norm, no logarithm; PyTorch's linear maps",
  },
  {
    id: "log-cpb",
    options: "log-cpb(hidden=512,window=64,cosine=true)",
    others: { gridWidth: "no grid, one axis" },
    first: {
      scale: "4 2.30259 in each layer",
      "hidden.weight": "1×512 N(0, 0.02²) in each layer",
      "hidden.bias": "512 0 in each layer",
      "output.weight": "512×4 N(0, 0.02²) in each layer",
    },
    source:
      "transformers, Swinv2SelfAttention: 512 hidden units, logit scale ln 10, initializer_range 0.02",
  },
  {
    id: "window-table",
    options: "window-table(length=64,untieFirst=false,shared=false)",
    others: { gridWidth: "no grid, one axis" },
    first: { table: "127×4 N(0, 0.02²) in each layer" },
    source: "microsoft/Swin-Transformer: truncated normal of deviation 0.02",
  },
  {
    id: "tupe",
    options: "tupe(maxLength=64,untieFirst=false,relative=false)",
    others: { buckets: "32", maxDistance: "128" },
    first: {
      table: "64×64 N(0, 0.02²)",
      "norm.weight": "64 1",
      "norm.bias": "64 0",
      "query.weight": "64×64 N(0, 0.02²)",
      "query.bias": "64 0",
      "key.weight": "64×64 N(0, 0.02²)",
      "key.bias": "64 0",
    },
    source:
      "guolinke/TUPE, transformer_sentence_encoder.py: rel_pos_bins 32, max_rel_pos 128; BERT's first values",
  },
  {
    id: "retention-decay",
    options: "retention-decay",
    source: "Sun et al. 2023: γ = 1 − 2^(−5 − h)",
  },
  {
    id: "bam",
    options: "bam(offset=false,scalable=false,shared=true)",
    first: { "theta-alpha": "4 -1.38629 -2.77259 -4.15888 -5.54518", "theta-beta": "4 1" },
    source:
      "ArthurSBianchessi/BAM, models/bam.py, BATModelArgs: one global prior, shape_init 1, scale_init 'slope' " +
      "(logarithms of 1/4, 1/16, 1/64, 1/256), the location 0 and not trained",
  },
];
