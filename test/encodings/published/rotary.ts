/**
 * Rotary encodings.
 *
 * @module
 */
import type { PublishedDefaults } from "./published-defaults.ts";

/** In the order of the list. */
export const rotary: readonly PublishedDefaults[] = [
  {
    id: "rope",
    options: "rope(base=10000,layout=half,rotated=16)",
    others: { scaling: "none" },
    source:
      "Su et al. 2021: 10000; pairs in halves as in transformers' Llama, the paper's neighbours in another order",
  },
  {
    id: "p-rope",
    options: "p-rope(proportion=0.75,base=10000,factor=1,layout=half)",
    source: "Barbero et al. 2024: 0.75 is best; transformers: halves, factor 1",
  },
  {
    id: "clipped-rope",
    options: "clipped-rope(base=10000,layout=half,rotated=16,clipped=20,form=soft)",
    source: "hrlics/CoPE, modeling_cope.py: the last 20 frequencies, soft, halves",
  },
  {
    id: "value-rope",
    options: "value-rope(base=10000,layout=half,rotated=16)",
    source:
      "transformers, DeepseekV4Config: rope_theta 10000; pairs as in `rope`, there neighbours",
  },
  {
    id: "xpos",
    options:
      "xpos(scaleBase=512,gamma=0.4,base=10000,layout=interleaved,rotated=16,centre=queries)",
    source: "torchscale, XPOS: scale_base 512, (2m + 0.4 d)/(1.4 d), neighbours",
  },
  {
    id: "axial-rope",
    options:
      "axial-rope(gridWidth=8,axes=2,frequencies=lang,base=100,layout=interleaved,rotated=16)",
    others: { gridHeight: "as many as columns", maxFrequency: "10" },
    source:
      "naver-ai/rope-vit, compute_axial_cis: theta 100, complex pairs; rotary-embedding-torch: max_freq 10",
  },
  {
    id: "m-rope",
    options: "m-rope(assignment=contiguous,sections=[2,3,3],base=1000000)",
    source:
      "transformers, Qwen2VLTextConfig: default_theta 1000000; mrope_section 16, 24, 24 of 64 pairs",
  },
  {
    id: "pope",
    options: "pope(base=10000,rotated=16,bias=layer,start=zeros)",
    first: { bias: "4×16 0 in each layer" },
    source: "PoPE-pytorch, pope.py: theta 10000, bias_uniform_init false, one module a layer",
  },
  {
    id: "lerope",
    options: "lerope(base=10000,layout=half,rotated=16,frequencies=model,maxLength=16384)",
    first: { alpha: "8 0" },
    source:
      "transformers, MistralLarge4TextConfig: rope_theta 10000, halves; MistralLarge4TextRotaryEmbedding: zeros",
  },
  {
    id: "fope",
    options: "fope(base=10000,length=64,pairs=3,gain=0.3,learned=false,seed=1)",
    source:
      "TsinghuaC3I/Fourier-Position-Embedding: rope_fourier_init_norm_gain 0.3, not learned, base 10000",
  },
  {
    id: "log-n",
    options: "log-n(length=64)",
    source: "bojone/rerope: the logarithm to the base of the train length",
  },
  {
    id: "query-temperature",
    options: "query-temperature(form=llama-4,scale=0.1,length=8192)",
    source: "transformers, Llama4TextConfig: attn_scale 0.1, floor_scale 8192",
  },
  {
    id: "scalable-softmax",
    options: "scalable-softmax(bias=false,length=64)",
    first: { scale: "4 0.240449 in each layer" },
    source:
      "1/ln 64: a query of the train length starts unchanged; the paper starts from another number",
  },
  {
    id: "nope-rope-interleave",
    options: "nope-rope-interleave(every=4,base=10000,layout=half,temperature=false)",
    others: { window: "all", chunk: "no chunks", temperatureLength: "8192" },
    source:
      "transformers, Llama4TextConfig and SmolLM3Config: every fourth layer without; base as in `rope`",
  },
];
