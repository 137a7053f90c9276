/**
 * Who uses the encodings without positions and of those that act on the input, and where that can be checked.
 *
 * @module
 */
import { nobody, page, paper, transformers, unused } from "./sources.ts";
import type { Users } from "./sources.ts";

/** By id. */
export const inputUsers: Readonly<Record<string, Users>> = {
  none: {
    usedBy:
      "Jamba and Granite 4 hybrids, whose state-space layers carry the order; every fourth layer of Llama 4, SmolLM3 and Mistral Large 4, and the global layers of " +
      "Command R7B (see [`nope-rope-interleave`](nope-rope-interleave.md)).",
    usedBySources: [
      paper("2403.19887", "Jamba"),
      transformers("jamba/modeling_jamba.py", "Jamba"),
      page(
        "announcement",
        "https://www.ibm.com/new/announcements/ibm-granite-4-0-tiny-preview-sneak-peek",
        "Granite 4",
      ),
      transformers("llama4/configuration_llama4.py", "Llama 4"),
      transformers("smollm3/configuration_smollm3.py", "SmolLM3"),
      transformers("mistral_large4/configuration_mistral_large4.py", "Mistral Large 4"),
      page(
        "documentation",
        "https://huggingface.co/docs/transformers/v5.12.0/model_doc/cohere2",
        "Command R7B",
      ),
    ],
  },
  sinusoidal: {
    usedBy: "The original Transformer, MarianMT, Pegasus, M2M100 and NLLB; the encoder of Whisper.",
    usedBySources: [
      paper("1706.03762", "original Transformer"),
      transformers("marian/modeling_marian.py", "MarianMT"),
      transformers("pegasus/modeling_pegasus.py", "Pegasus"),
      transformers("m2m_100/modeling_m2m_100.py", "M2M100"),
      transformers("nllb_moe/modeling_nllb_moe.py", "NLLB"),
      transformers("whisper/modeling_whisper.py", "Whisper"),
    ],
  },
  learned: {
    usedBy: "GPT-2, GPT-3, OPT, BERT, RoBERTa, BART, ViT, CLIP; the decoder of Whisper.",
    usedBySources: [
      transformers("gpt2/modeling_gpt2.py", "GPT-2"),
      paper("2005.14165", "GPT-3"),
      transformers("opt/modeling_opt.py", "OPT"),
      transformers("bert/modeling_bert.py", "BERT"),
      transformers("roberta/modeling_roberta.py", "RoBERTa"),
      transformers("bart/modeling_bart.py", "BART"),
      transformers("vit/modeling_vit.py", "ViT"),
      transformers("clip/modeling_clip.py", "CLIP"),
      transformers("whisper/modeling_whisper.py", "Whisper"),
    ],
  },
  "distance-row": unused,
  abacus: {
    usedBy: "The addition, multiplication and sorting models of its paper. " + nobody,
    usedBySources: [paper("2405.17399", "models of its paper")],
  },
  "random-offset": unused,
  randomized: unused,
};
