/**
 * Who uses the encodings that rotate queries and keys, or multiply them by a factor, and where that can be checked.
 *
 * @module
 */
import { page, paper, repository, transformers, unused } from "./sources.ts";
import type { Users } from "./sources.ts";

/** By id. */
export const rotaryUsers: Readonly<Record<string, Users>> = {
  rope: {
    usedBy:
      "Llama, Llama 2 and Llama 3, Mistral, Qwen, Gemma, Phi, OLMo, DeepSeek, PaLM, GPT-J, GPT-NeoX and Pythia (these three in a quarter of each head), ModernBERT.",
    usedBySources: [
      paper("2302.13971", "Llama"),
      paper("2307.09288", "Llama 2"),
      paper("2407.21783", "Llama 3"),
      transformers("mistral/modeling_mistral.py", "Mistral"),
      transformers("qwen2/modeling_qwen2.py", "Qwen"),
      transformers("gemma/modeling_gemma.py", "Gemma"),
      transformers("phi/modeling_phi.py", "Phi"),
      transformers("olmo/modeling_olmo.py", "OLMo"),
      transformers("deepseek_v3/modeling_deepseek_v3.py", "DeepSeek"),
      paper("2204.02311", "PaLM"),
      transformers("gptj/modeling_gptj.py", "GPT-J"),
      transformers("gpt_neox/configuration_gpt_neox.py", "GPT-NeoX"),
      repository(
        "EleutherAI/pythia",
        "a19eecb807ec2c79a39ebf18108816e6ffffc1d5",
        "models/1.4B/pythia-1.4b.yml",
        "Pythia",
      ),
      transformers("modernbert/modeling_modernbert.py", "ModernBERT"),
    ],
  },
  "p-rope": {
    usedBy:
      "Gemma 4 and LFM3 in their layers with full attention; a quarter of the pairs rotates in the first, half of them in the second.",
    usedBySources: [
      transformers("gemma4/configuration_gemma4.py", "Gemma 4"),
      transformers("lfm3/configuration_lfm3.py", "LFM3"),
    ],
  },
  "clipped-rope": {
    usedBy:
      "The models of its paper, released as checkpoints: Llama 3 8B, trained further on longer texts.",
    usedBySources: [
      repository(
        "hrlics/CoPE",
        "ed52ba5e2d80aaea7577144109c572e93e84e537",
        "README.md",
        "models of its paper",
        "Llama 3 8B",
      ),
    ],
  },
  "value-rope": {
    usedBy: "DeepSeek-V4.",
    usedBySources: [transformers("deepseek_v4/modeling_deepseek_v4.py", "DeepSeek-V4")],
  },
  xpos: {
    usedBy: "Kosmos-1, as its paper says; RetNet's rotation is derived from it.",
    usedBySources: [paper("2302.14045", "Kosmos-1"), paper("2307.08621", "RetNet")],
  },
  "axial-rope": {
    usedBy:
      "DINOv3, Pixtral, EVA-02, RoPE-ViT and, in its attention to earlier frames, SAM 2 (vision).",
    usedBySources: [
      transformers("dinov3_vit/modeling_dinov3_vit.py", "DINOv3"),
      transformers("pixtral/modeling_pixtral.py", "Pixtral"),
      repository(
        "baaivision/EVA",
        "006ca794a1446194bf9cc78fd1b68e84cc47a221",
        "EVA-02/asuka/rope.py",
        "EVA-02",
      ),
      repository(
        "naver-ai/rope-vit",
        "04a2ad8c78d6298a15bd4e06a5bb26969b87ecc0",
        "README.md",
        "RoPE-ViT",
      ),
      transformers("sam2_video/modeling_sam2_video.py", "SAM 2"),
    ],
  },
  "m-rope": {
    usedBy: "Qwen2-VL, Qwen2.5-VL, Qwen3-VL.",
    usedBySources: [
      transformers("qwen2_vl/modeling_qwen2_vl.py", "Qwen2-VL"),
      transformers("qwen2_5_vl/modeling_qwen2_5_vl.py", "Qwen2.5-VL"),
      transformers("qwen3_vl/modeling_qwen3_vl.py", "Qwen3-VL"),
    ],
  },
  pope: unused,
  lerope: {
    usedBy: "Mistral Large 4.",
    usedBySources: [transformers("mistral_large4/modeling_mistral_large4.py", "Mistral Large 4")],
  },
  fope: {
    usedBy: "Intern-S1-Pro.",
    usedBySources: [paper("2603.25040", "Intern-S1-Pro")],
  },
  "log-n": {
    usedBy: "The first generation of Qwen, at inference; ReRoPE has it as a part.",
    usedBySources: [
      paper("2309.16609", "Qwen"),
      repository(
        "bojone/rerope",
        "acfe78840357a94d0bb504cb8865eeaa752df1a6",
        "rerope_patch.py",
        "ReRoPE",
      ),
    ],
  },
  "query-temperature": {
    usedBy: "Llama 4, Ministral 3, Mistral Small 4, Inkling, Inkling 2 and Beam.",
    usedBySources: [
      transformers("llama4/modeling_llama4.py", "Llama 4"),
      transformers("ministral3/modeling_ministral3.py", "Ministral 3"),
      transformers("mistral4/configuration_mistral4.py", "Mistral Small 4"),
      transformers("inkling/modeling_inkling.py", "Inkling"),
      transformers("inkling2/configuration_inkling2.py", "Inkling 2"),
      transformers("beam/modeling_beam.py", "Beam"),
    ],
  },
  "scalable-softmax": {
    usedBy: "Mistral Large 4, with a learned number added to the factor.",
    usedBySources: [transformers("mistral_large4/modeling_mistral_large4.py", "Mistral Large 4")],
  },
  "nope-rope-interleave": {
    usedBy:
      "Llama 4, SmolLM3, Command R7B and Command A, and the larger model of EXAONE 4, with 32 billion parameters.",
    usedBySources: [
      transformers("llama4/configuration_llama4.py", "Llama 4"),
      transformers("smollm3/configuration_smollm3.py", "SmolLM3"),
      page(
        "documentation",
        "https://huggingface.co/docs/transformers/v5.12.0/model_doc/cohere2",
        "Command R7B",
      ),
      page("model card", "https://huggingface.co/CohereForAI/c4ai-command-a-03-2025", "Command A"),
      page(
        "documentation",
        "https://huggingface.co/docs/transformers/model_doc/exaone4",
        "EXAONE 4",
      ),
    ],
  },
};
