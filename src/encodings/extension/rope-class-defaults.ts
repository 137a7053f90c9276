/**
 * What the classes of transformers assume of rotary positions where a configuration file says nothing: files leave out what
 * equals their class's default.
 *
 * Reference:  transformers 5.23, models/<model_type>/configuration_<model_type>.py; for layers without rotation also
 *             modeling_<model_type>.py. test/encodings/rope-classes.test.ts compares all classes.
 *
 * @module
 */
import type { PairLayout } from "../parts/rotation.ts";

/** Layers of one type, in a class whose files of version 4 have a key for each type's base. */
export interface LayerTypeDefaults {
  /** The key of the base in version 4. */
  readonly key: string;
  readonly base: number;
  /** Whether `rope_scaling` of version 4 acts on these layers. */
  readonly scaled: boolean;
}

/** The defaults of one class; what is absent is a base of 10000 and a rotation of whole heads. */
export interface RopeClassDefaults {
  readonly base?: number;
  /** Share of a head that rotates. */
  readonly partial?: number;
  readonly headDim?: number;
  /** Components that rotate, where the class has a key for them. */
  readonly rotaryDim?: number;
  /** Components that rotate in classes that keep them apart. */
  readonly qkRopeHeadDim?: number;
  /** `rope_parameters` where the file has none. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly types?: Readonly<Record<string, LayerTypeDefaults>>;
  /** Types of layers that do not rotate. */
  readonly unrotated?: readonly string[];
  /** Every so many layers, one does not rotate. */
  readonly unrotatedEvery?: number;
  readonly layout?: PairLayout;
}

const plain: RopeClassDefaults = {};
const neighbours: RopeClassDefaults = { layout: "interleaved" };

/** Two bases, the global one scaled. */
const localAndGlobal = (keys: readonly [string, string], bases: readonly [number, number]) => ({
  sliding_attention: { key: keys[0], base: bases[0], scaled: false },
  full_attention: { key: keys[1], base: bases[1], scaled: true },
});
const gemma3: RopeClassDefaults = {
  headDim: 256,
  types: localAndGlobal(["rope_local_base_freq", "rope_theta"], [10_000, 1_000_000]),
};
const modernbert: RopeClassDefaults = {
  types: {
    sliding_attention: { key: "local_rope_theta", base: 10_000, scaled: true },
    full_attention: { key: "global_rope_theta", base: 160_000, scaled: true },
  },
};
const latent = (qkRopeHeadDim: number, layout: PairLayout = "interleaved"): RopeClassDefaults => ({
  qkRopeHeadDim,
  layout,
});

/** Classes by their `model_type`. */
export const ropeClasses: Readonly<Record<string, RopeClassDefaults>> = {
  // Bases of 10000 and whole heads: listed, so that files without any rotary key can be read.
  ...Object.fromEntries(
    (
      "llama mistral qwen2 qwen2_moe olmo olmo2 olmoe falcon starcoder2 granite granitemoe phi3 " +
      "hunyuan_v1_dense qwen3_moe olmo_hybrid diffllama arcee"
    )
      .split(" ")
      .map((type) => [type, plain]),
  ),
  gptj: { rotaryDim: 64, layout: "interleaved" },
  codegen: { rotaryDim: 64, layout: "interleaved" },
  gpt_neox: { partial: 0.25 },
  gpt_neox_japanese: plain,
  phi: { partial: 0.5 },
  persimmon: { partial: 0.5 },
  stablelm: { partial: 0.25 },
  nemotron: { partial: 0.5 },
  recurrent_gemma: { partial: 0.5 },
  bamba: { partial: 0.5 },
  glm: { partial: 0.5, headDim: 128, layout: "interleaved" },
  glm4: { partial: 0.5, headDim: 128, layout: "interleaved" },
  glm4_moe: { partial: 0.5 },
  glm4v_moe_text: { partial: 0.5 },
  qwen3_next: { partial: 0.25, headDim: 256 },
  qwen3_5_text: { partial: 0.25, headDim: 256 },
  qwen3_5_moe_text: { partial: 0.25, headDim: 256 },
  minimax: { base: 1_000_000 },
  minimax_m2: { base: 5_000_000, headDim: 128 },
  gemma: { headDim: 256 },
  gemma2: { headDim: 256 },
  gemma3_text: gemma3,
  gemma3n_text: gemma3,
  t5gemma2_text: gemma3,
  t5gemma2_decoder: gemma3,
  vaultgemma: { headDim: 256 },
  modernbert,
  "modernbert-decoder": modernbert,
  olmo3: { types: localAndGlobal(["rope_theta", "rope_theta"], [500_000, 500_000]) },
  cohere: { base: 500_000, layout: "interleaved" },
  cohere2: { ...neighbours, unrotated: ["full_attention"] },
  exaone4: { unrotated: ["full_attention"] },
  smollm3: { base: 2_000_000, unrotatedEvery: 4 },
  llama4_text: { base: 500_000, headDim: 128, unrotatedEvery: 4, layout: "interleaved" },
  ernie4_5: { base: 500_000, headDim: 128, layout: "interleaved" },
  ernie4_5_moe: { base: 500_000, layout: "interleaved" },
  helium: { base: 100_000, headDim: 128, layout: "interleaved" },
  mixtral: { base: 1_000_000 },
  phimoe: { base: 1_000_000 },
  jetmoe: { headDim: 128 },
  hy_v3: { base: 11_158_840, headDim: 128 },
  solar_open: { base: 1_000_000, headDim: 128 },
  t5_gemma_module: { headDim: 256 },
  qwen3: { headDim: 128 },
  seed_oss: { headDim: 128 },
  apertus: {
    base: 12_000_000,
    parameters: {
      rope_type: "llama3",
      rope_theta: 12_000_000,
      factor: 8,
      original_max_position_embeddings: 8192,
      low_freq_factor: 1,
      high_freq_factor: 4,
    },
  },
  bitnet: { base: 500_000 },
  flex_olmo: { base: 500_000 },
  lfm2: { base: 1_000_000 },
  lfm2_moe: { base: 1_000_000 },
  mllama_text_model: { base: 500_000 },
  qwen2_vl_text: { base: 1_000_000 },
  qwen2_5_vl_text: { base: 1_000_000 },
  qwen3_vl_text: { base: 500_000, headDim: 128 },
  gpt_oss: {
    base: 150_000,
    headDim: 64,
    parameters: {
      rope_type: "yarn",
      factor: 32,
      beta_fast: 32,
      beta_slow: 1,
      truncate: false,
      original_max_position_embeddings: 4096,
    },
  },
  deepseek_v2: latent(64),
  deepseek_v3: latent(64),
  kimi_k2: latent(64),
  longcat_flash: { ...latent(64), base: 10_000_000 },
  ...Object.fromEntries(
    "deepseek_v32 glm4_moe_lite glm_moe_dsa hy_v4 axk1 youtu"
      .split(" ")
      .map((type) => [type, { qkRopeHeadDim: 64 }]),
  ),
  minicpm3: { qkRopeHeadDim: 32 },
  axk2: { qkRopeHeadDim: 32 },
};

/** Classes whose rotary positions do not follow from their files as others' do: by layer, by axis, or from widths of their own. */
export const notRead: ReadonlySet<string> = new Set([
  ...["bailing_hybrid", "beam", "deepseek_v4", "dia_encoder", "dots3_note_audio_encoder"],
  ...["efficientloftr", "flint", "glmasr_encoder", "kolibri1", "laguna", "lfm3", "mellum"],
  ...["mimo_v2_flash", "minimax_m3_vl_text", "mistral4", "mistral_large4_text", "moonshine"],
  ...["moonshine_streaming", "muse_glimmer_assistant", "muse_glimmer_text", "neomme"],
  ...["nemotron3_5_transcribe_asr_audio", "nemotron3_5_transcribe_word_timestamp"],
  ...["openai_privacy_filter", "paddleocr_vl_text", "qwen3_omni_moe_talker_code_predictor"],
  ...["qwen4_exp_text", "step3p5", "ultrabert", "voxtral_realtime_encoder", "zamba2", "zaya"],
]);

/** What a class assumes, by its `model_type`; undefined for a class that is not known. */
export function ropeClassOf(modelType: string): RopeClassDefaults | undefined {
  return Object.hasOwn(ropeClasses, modelType) ? ropeClasses[modelType] : undefined;
}
