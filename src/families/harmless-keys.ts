/**
 * Keys of a `config.json` that change no logits, in any family: names, versions, training, other tasks' heads, generation.
 *
 * Reference:  transformers 4.57 and 5.23, configuration_utils.py and generation/configuration_utils.py
 *
 * @module
 */

const harmless: ReadonlySet<string> = new Set([
  // What the file is, and of which version.
  ...["model_type", "architectures", "_name_or_path", "name_or_path", "transformers_version"],
  ...["auto_map", "custom_pipelines", "task_specific_params", "finetuning_task", "problem_type"],
  ...["torch_dtype", "dtype", "_commit_hash", "_attn_implementation", "attn_implementation"],
  ...["_attn_implementation_autoset", "_attn_implementation_internal", "_flash_attn_2_enabled"],
  ...["_experts_implementation", "unsloth_version", "unsloth_fixed", "model_name", "license"],
  ...["author", "transformers.js_config"],
  // How a program calls the model.
  ...["use_cache", "cache_implementation", "return_dict", "output_attentions", "use_return_dict"],
  ...["output_hidden_states", "output_past", "torchscript", "use_bfloat16", "tf_legacy_loss"],
  ...["chunk_size_feed_forward", "gradient_checkpointing", "is_decoder", "is_encoder_decoder"],
  ...["tokenizer_class", "prefix", "init_device", "use_flash_attn", "flash_attn"],
  // Training.
  ...["initializer_range", "initializer_factor", "initializer_cutoff_factor", "init_std"],
  ...["init_method_std", "attention_dropout", "hidden_dropout", "classifier_dropout", "dropout"],
  ...["dropout_rate", "resid_pdrop", "embd_pdrop", "attn_pdrop", "emb_pdrop", "activation_dropout"],
  ...["hidden_dropout_prob", "attention_probs_dropout_prob", "embedding_dropout", "mlp_dropout"],
  ...["encoder_layerdrop", "decoder_layerdrop", "classif_dropout", "resid_dropout", "embd_dropout"],
  // Heads of other tasks.
  ...["id2label", "label2id", "num_labels", "_num_labels", "summary_type", "summary_use_proj"],
  ...["summary_activation", "summary_proj_to_labels", "summary_first_dropout"],
  // Special tokens; the ends of texts are read from here by the loader.
  ...["bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "cls_token_id"],
  ...["mask_token_id", "unk_token_id", "decoder_start_token_id", "forced_bos_token_id"],
  ...["forced_eos_token_id", "eos_token_ids"],
  // Generation, which version 4 kept here.
  ...["max_length", "min_length", "max_new_tokens", "min_new_tokens", "do_sample"],
  ...["early_stopping", "num_beams", "num_beam_groups", "diversity_penalty", "temperature"],
  ...["top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty"],
  ...["no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids"],
  ...["num_return_sequences", "output_scores", "return_dict_in_generate", "suppress_tokens"],
  ...["begin_suppress_tokens", "exponential_decay_length_penalty", "remove_invalid_values"],
]);

/** Whether a key changes no logits, in any family. */
export function isHarmless(key: string): boolean {
  return harmless.has(key);
}
