/** Published configuration files: what their keys, and the defaults that stand in no file, make of the one model. */
import { expect, test } from "vitest";
import { decoderFamilies, pairFamilies } from "../../src/families/index.ts";
import { readFamily } from "../../src/families/read-family.ts";

/** Keys and what is expected of the model (undefined: it has no such setting), the encoding's options and the length. */
type Published = readonly [
  name: string,
  config: Readonly<Record<string, unknown>>,
  model: Readonly<Record<string, unknown>>,
  options: object,
  contextLength: number,
];

const decoders: readonly Published[] = [
  [
    "Llama 3.1 8B, version 4",
    {
      ...{ architectures: ["LlamaForCausalLM"], model_type: "llama", attention_bias: false },
      ...{ attention_dropout: 0.0, bos_token_id: 128000, eos_token_id: 128001, hidden_act: "silu" },
      ...{ hidden_size: 4096, initializer_range: 0.02, intermediate_size: 14336, mlp_bias: false },
      ...{ max_position_embeddings: 131072, num_attention_heads: 32, num_hidden_layers: 32 },
      ...{ num_key_value_heads: 8, pretraining_tp: 1, rms_norm_eps: 1e-5, rope_theta: 500000.0 },
      rope_scaling: {
        ...{ factor: 8.0, low_freq_factor: 1.0, high_freq_factor: 4.0, rope_type: "llama3" },
        original_max_position_embeddings: 8192,
      },
      ...{ tie_word_embeddings: false, torch_dtype: "bfloat16", transformers_version: "4.43.0" },
      ...{ use_cache: true, vocab_size: 128256 },
    },
    { keyValueHeads: 8, headDim: 128, normEpsilon: 1e-5, tiedHead: false, activation: "swiglu" },
    { base: 500000, rotated: 128, scaling: { type: "llama3", factor: 8, length: 8192 } },
    131072,
  ],
  [
    "Llama, keys of version 4 beside those of version 5",
    {
      ...{ model_type: "llama", hidden_size: 64, num_attention_heads: 4, head_dim: null },
      ...{ num_key_value_heads: null, rope_theta: 20000.0, rope_scaling: null },
      rope_parameters: { rope_type: "default", rope_theta: 20000.0 },
    },
    { keyValueHeads: 4, headDim: 16, layers: 32, hidden: 11008, vocab: 32000 },
    { base: 20000, rotated: 16 },
    2048,
  ],
  [
    "Mistral 7B v0.1",
    {
      ...{ architectures: ["MistralForCausalLM"], model_type: "mistral", hidden_size: 4096 },
      ...{ intermediate_size: 14336, max_position_embeddings: 32768, num_attention_heads: 32 },
      ...{ num_hidden_layers: 32, num_key_value_heads: 8, rms_norm_eps: 1e-5, rope_theta: 10000.0 },
      ...{ sliding_window: 4096, tie_word_embeddings: false, vocab_size: 32000 },
    },
    { window: { back: 4095 }, headDim: 128 },
    { base: 10000 },
    32768,
  ],
  [
    "Mistral 7B v0.2, whose window is null",
    {
      ...{ model_type: "mistral", max_position_embeddings: 32768, rope_theta: 1000000.0 },
      sliding_window: null,
    },
    { window: undefined, keyValueHeads: 8 },
    { base: 1000000 },
    32768,
  ],
  [
    "Qwen2.5 0.5B, whose window is not used",
    {
      ...{ architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", hidden_size: 896 },
      ...{ intermediate_size: 4864, max_position_embeddings: 32768, max_window_layers: 24 },
      ...{ num_attention_heads: 14, num_hidden_layers: 24, num_key_value_heads: 2 },
      ...{ rms_norm_eps: 1e-6, rope_theta: 1000000.0, sliding_window: 32768 },
      ...{ tie_word_embeddings: true, use_mrope: false, use_sliding_window: false },
      vocab_size: 151936,
    },
    { window: undefined, headDim: 64, biases: { query: true, key: true, value: true } },
    { base: 1000000 },
    32768,
  ],
  [
    "Qwen3 0.6B, whose heads are wider than the model",
    {
      ...{ architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", attention_bias: false },
      ...{ head_dim: 128, hidden_size: 1024, intermediate_size: 3072, max_window_layers: 28 },
      ...{ max_position_embeddings: 40960, num_attention_heads: 16, num_hidden_layers: 28 },
      ...{ num_key_value_heads: 8, rms_norm_eps: 1e-6, rope_scaling: null, rope_theta: 1000000 },
      ...{ sliding_window: null, tie_word_embeddings: true, use_sliding_window: false },
      vocab_size: 151936,
    },
    { queryKeyNorm: true, headDim: 128, heads: 16, model: 1024 },
    { base: 1000000, rotated: 128 },
    40960,
  ],
  [
    "Gemma 2 2B, whose caps are defaults of the class",
    {
      ...{ architectures: ["Gemma2ForCausalLM"], model_type: "gemma2", head_dim: 256 },
      ...{ hidden_act: "gelu_pytorch_tanh", hidden_activation: "gelu_pytorch_tanh" },
      ...{ hidden_size: 2304, intermediate_size: 9216, max_position_embeddings: 8192 },
      ...{ num_attention_heads: 8, num_hidden_layers: 26, num_key_value_heads: 4 },
      ...{ query_pre_attn_scalar: 256, cache_implementation: "hybrid", sliding_window: 4096 },
      vocab_size: 256000,
    },
    { scoreCap: 50, logitCap: 30, scoreScale: 1 / 16, embeddingScale: 48, form: "double" },
    { base: 10000 },
    8192,
  ],
  [
    "Pythia 70M, with a quarter of each head",
    {
      ...{ architectures: ["GPTNeoXForCausalLM"], model_type: "gpt_neox", hidden_act: "gelu" },
      ...{ hidden_size: 512, intermediate_size: 2048, layer_norm_eps: 1e-5, rotary_pct: 0.25 },
      ...{ max_position_embeddings: 2048, num_attention_heads: 8, num_hidden_layers: 6 },
      ...{ rotary_emb_base: 10000, tie_word_embeddings: false, use_parallel_residual: true },
      vocab_size: 50304,
    },
    { form: "parallel-two", headDim: 64 },
    { base: 10000, rotated: 16 },
    2048,
  ],
  [
    "GPT-NeoX, whose quarter stands in no file",
    { model_type: "gpt_neox", hidden_size: 512, num_attention_heads: 8 },
    { layers: 44 },
    { rotated: 16 },
    2048,
  ],
  [
    "Phi 1.5, with half of each head",
    {
      ...{ architectures: ["PhiForCausalLM"], model_type: "phi", hidden_size: 2048 },
      ...{ num_attention_heads: 32, num_hidden_layers: 24, num_key_value_heads: null },
      ...{ hidden_act: "gelu_new", partial_rotary_factor: 0.5, qk_layernorm: false },
      ...{ intermediate_size: 8192, rope_scaling: null, rope_theta: 10000.0, vocab_size: 51200 },
    },
    { headBias: true, form: "parallel", keyValueHeads: 32 },
    { rotated: 32 },
    2048,
  ],
  [
    "Phi, whose half stands in no file",
    { model_type: "phi" },
    { headDim: 64 },
    { rotated: 32 },
    2048,
  ],
  [
    "GPT-J 6B",
    {
      ...{
        architectures: ["GPTJForCausalLM"],
        model_type: "gptj",
        activation_function: "gelu_new",
      },
      ...{ n_embd: 4096, n_head: 16, n_inner: null, n_layer: 28, n_positions: 2048, rotary: true },
      ...{ rotary_dim: 64, scale_attn_weights: true, tie_word_embeddings: false },
      vocab_size: 50400,
    },
    { headDim: 256, hidden: 16384, headBias: true },
    { layout: "interleaved", rotated: 64 },
    2048,
  ],
  [
    "GPT-2",
    {
      ...{ activation_function: "gelu_new", architectures: ["GPT2LMHeadModel"], n_ctx: 1024 },
      ...{ attn_pdrop: 0.1, embd_pdrop: 0.1, layer_norm_epsilon: 1e-5, model_type: "gpt2" },
      ...{ n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, resid_pdrop: 0.1 },
      ...{ summary_type: "cls_index", task_specific_params: {}, vocab_size: 50257 },
    },
    { model: 768, hidden: 3072, tiedHead: true },
    {},
    1024,
  ],
  [
    "BLOOM 560M",
    {
      ...{ apply_residual_connection_post_layernorm: false, attention_softmax_in_fp32: true },
      ...{ architectures: ["BloomForCausalLM"], bias_dropout_fusion: true, model_type: "bloom" },
      ...{ layer_norm_epsilon: 1e-5, masked_softmax_fusion: true, n_embed: 1024, n_layer: 24 },
      ...{ num_attention_heads: 16, offset_alibi: 100, pretraining_tp: 1, skip_bias_add: true },
      ...{ n_inner: null, seq_length: 2048, vocab_size: 250880 },
    },
    { heads: 16, model: 1024, embeddingNorm: true },
    {},
    2048,
  ],
  [
    "Falcon 7B",
    {
      ...{ alibi: false, architectures: ["FalconForCausalLM"], bias: false, model_type: "falcon" },
      ...{ hidden_size: 4544, layer_norm_epsilon: 1e-5, multi_query: true, parallel_attn: true },
      ...{ new_decoder_architecture: false, num_attention_heads: 71, num_hidden_layers: 32 },
      vocab_size: 65024,
    },
    { keyValueHeads: 1, headDim: 64, form: "parallel" },
    { rotated: 64 },
    2048,
  ],
];

test.each(decoders)("%s", (_, config, model, options, contextLength) => {
  const { description } = readFamily(decoderFamilies, config);
  for (const [name, value] of Object.entries(model))
    if (value === undefined) expect(description.model).not.toHaveProperty(name);
    else expect(description.model).toMatchObject({ [name]: value });
  expect(description.encoding.options ?? {}).toMatchObject(options);
  expect(description.contextLength).toBe(contextLength);
});

test("SmolLM3 3B: one layer in four does not rotate", () => {
  const { description } = readFamily(decoderFamilies, {
    ...{ model_type: "smollm3", num_hidden_layers: 8, no_rope_layer_interval: 4 },
    ...{ rope_theta: 5000000.0, use_sliding_window: false, sliding_window: null },
  });
  const turning = "rope(base=5000000,rotated=128)";
  expect(description.encoding.definition.id).toBe(
    `layers(${[turning, turning, turning, "none", turning, turning, turning, "none"].join(",")})`,
  );
});

test("Gemma 3 1B: five layers with windows and a base of their own, then one that sees all", () => {
  const { description } = readFamily(decoderFamilies, {
    ...{ model_type: "gemma3_text", head_dim: 256, hidden_size: 1152, num_hidden_layers: 7 },
    ...{ rope_local_base_freq: 10000, rope_theta: 1000000, rope_scaling: null },
    ...{ sliding_window: 512, sliding_window_pattern: 6, num_key_value_heads: 1 },
    ...{ attn_logit_softcapping: null, final_logit_softcapping: null, query_pre_attn_scalar: 256 },
  });
  const near = { back: 511 };
  expect(description.model).toMatchObject({ window: [near, near, near, near, near, "all", near] });
  expect(description.model).not.toHaveProperty("scoreCap");
  const bases = description.encoding.definition.id.match(/base=\d+/g);
  expect(bases?.map((each) => Number(each.slice(5)))).toEqual(
    [1, 1, 1, 1, 1, 100, 1].map((times) => 10000 * times),
  );
});

test("T5 small and opus-mt: what the head reads is scaled, and so are token vectors", () => {
  const small = readFamily(pairFamilies, {
    ...{ architectures: ["T5ForConditionalGeneration"], model_type: "t5", d_ff: 2048, d_kv: 64 },
    ...{ d_model: 512, dropout_rate: 0.1, num_layers: 6, num_heads: 8, n_positions: 512 },
    ...{ output_past: true, relative_attention_num_buckets: 32, vocab_size: 32128 },
  }).description;
  expect(small.model).toMatchObject({ headScale: 512 ** -0.5, tiedHead: true, decoderLayers: 6 });
  const opus = readFamily(pairFamilies, {
    ...{ architectures: ["MarianMTModel"], model_type: "marian", activation_function: "swish" },
    ...{ add_bias_logits: false, add_final_layer_norm: false, d_model: 512, scale_embedding: true },
    ...{ decoder_attention_heads: 8, decoder_ffn_dim: 2048, decoder_layers: 6, vocab_size: 58101 },
    ...{ encoder_attention_heads: 8, encoder_ffn_dim: 2048, encoder_layers: 6 },
    ...{ max_position_embeddings: 512, normalize_before: false, normalize_embedding: false },
    ...{ num_hidden_layers: 6, static_position_embeddings: true },
  }).description;
  expect(opus.model).toMatchObject({ embeddingScale: 512 ** 0.5, activation: "silu" });
});

test("BART large CNN and Pegasus XSum: keys of their training and of other heads change nothing", () => {
  const sizes = { encoder_layers: 12, decoder_layers: 12, d_model: 1024, num_hidden_layers: 12 };
  const others = { classif_dropout: 0, classifier_dropout: 0, init_std: 0.02, id2label: {} };
  const cnn = readFamily(pairFamilies, {
    ...{ ...sizes, ...others, model_type: "bart", _num_labels: 3, vocab_size: 50264 },
    ...{ architectures: ["BartForConditionalGeneration"], add_final_layer_norm: false },
    ...{ force_bos_token_to_be_generated: true, forced_bos_token_id: 0, forced_eos_token_id: 2 },
    ...{ max_length: 142, min_length: 56, no_repeat_ngram_size: 3, num_beams: 4, prefix: " " },
    ...{ normalize_before: false, output_past: true, scale_embedding: false },
    ...{ length_penalty: 2, early_stopping: true, gradient_checkpointing: false },
  }).description;
  expect(cnn.model).toMatchObject({ form: "post", embeddingNorm: true, vocab: 50264 });
  const xsum = readFamily(pairFamilies, {
    ...{ ...sizes, ...others, model_type: "pegasus", vocab_size: 96103, num_beams: 8 },
    ...{ architectures: ["PegasusForConditionalGeneration"], activation_function: "relu" },
    ...{ add_bias_logits: false, add_final_layer_norm: true, normalize_before: true },
    ...{ normalize_embedding: false, scale_embedding: true, static_position_embeddings: true },
    ...{ extra_pos_embeddings: 1, max_position_embeddings: 512, length_penalty: 0.6 },
  }).description;
  expect(xsum.model).toMatchObject({ form: "pre", embeddingScale: 32, activation: "relu" });
});
