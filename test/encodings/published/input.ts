/**
 * Encodings of the input, and none.
 *
 * @module
 */
import type { PublishedDefaults } from "./published-defaults.ts";

const ofBase = { baseOptions: "those of the base by default" };

/** In the order of the list. */
export const input: readonly PublishedDefaults[] = [
  { id: "none", options: "none", source: "nothing to set" },
  {
    id: "sinusoidal",
    options:
      "sinusoidal(layout=paper,base=10000,dropout=0,embedScale=root-model,tokenStart=0.125,scale=none)",
    others: { maxLength: "no end" },
    tokens: "N(0, 0.125²)",
    source:
      "Vaswani et al. 2017, sections 3.4 and 3.5; tensor2tensor, layers/modalities.py: token vectors from " +
      "N(0, 1/depth), times √depth",
  },
  {
    id: "learned",
    options: "learned(maxLength=64)",
    first: { table: "64×64 N(0, 0.02²)" },
    source:
      "transformers, GPT2Config: initializer_range 0.02; n_positions is the length trained with",
  },
  {
    id: "distance-row",
    options:
      "distance-row(width=8,layer=linear,bias=true,tokenInput=embedding,mode=fixed,maxLength=64,causal=false)",
    others: {
      hidden: "4 × `width`",
      validity: "false",
      anchors: "0, 1, 2, 4, … below N",
      points: "16",
      buckets: "32",
      maxDistance: "128",
    },
    first: { weight: "64×8 N(0, 0.216506²)", bias: "8 0" },
    source: "no code is known: √(3/64), so that the sum over a row has variance 1; T5's buckets",
  },
  {
    id: "abacus",
    options: "abacus(digits=[48,49,50,51,52,53,54,55,56,57],maxLength=1024,maxOffset=99)",
    first: { table: "1024×64 N(0, 0.02²)" },
    source:
      "mcleish7/arithmetic, abacus.py: max_seq_length 1024, max_k 99; their models start it as the token table",
  },
  {
    id: "random-offset",
    options: "random-offset(base=sinusoidal,maxOffset=500,evaluationOffset=500)",
    others: ofBase,
    tokens: "N(0, 0.125²)",
    source:
      "Kiyono et al. 2021: K = 500 over sinusoidal positions; butsugiri/shape begins evaluation at K",
  },
  {
    id: "randomized",
    options: "randomized(base=rope,range=2048)",
    others: ofBase,
    source: "Ruoss et al. 2023: L = 2048; which base is the user's choice",
  },
];
