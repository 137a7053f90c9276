/**
 * Who uses the encodings whose terms depend on positions and on content, and where that can be checked.
 *
 * @module
 */
import { nobody, page, paper, repository, transformers, unused } from "./sources.ts";
import type { Users } from "./sources.ts";

/** By id. */
export const contentUsers: Readonly<Record<string, Users>> = {
  shaw: {
    usedBy:
      "The translation models of its paper; in keys only, the speech encoders of w2v-BERT 2.0 and SeamlessM4T v2.",
    usedBySources: [
      paper("1803.02155", "translation models of its paper"),
      transformers("wav2vec2_bert/configuration_wav2vec2_bert.py", "w2v-BERT 2.0"),
      transformers("seamless_m4t_v2/configuration_seamless_m4t_v2.py", "SeamlessM4T v2"),
    ],
  },
  "music-transformer": {
    usedBy: "Music Transformer.",
    usedBySources: [paper("1809.04281", "Music Transformer")],
  },
  "transformer-xl": {
    usedBy: "Transformer-XL, Gopher, Chinchilla.",
    usedBySources: [
      repository(
        "huggingface/transformers",
        "v4.57.6",
        "src/transformers/models/deprecated/transfo_xl/modeling_transfo_xl.py",
        "Transformer-XL",
      ),
      paper("2112.11446", "Gopher"),
      paper("2203.15556", "Chinchilla"),
    ],
  },
  xlnet: {
    usedBy:
      "XLNet; the same terms with signed distances in Conformer speech encoders, such as NVIDIA Parakeet.",
    usedBySources: [
      transformers("xlnet/modeling_xlnet.py", "XLNet"),
      paper("2005.08100", "Conformer"),
      transformers("parakeet/modeling_parakeet.py", "NVIDIA Parakeet"),
    ],
  },
  "bert-relative-key": {
    usedBy: "A BERT variant, published as a checkpoint for version 4 of transformers.",
    usedBySources: [
      repository(
        "huggingface/transformers",
        "1d2fe0d87b712f479707c7518c7a31a0b9b62443",
        "examples/legacy/question-answering/README.md",
        "A BERT variant",
      ),
    ],
  },
  "bert-relative-key-query": {
    usedBy:
      "The BERT variants of its paper, published as checkpoints for version 4 of transformers.",
    usedBySources: [
      repository(
        "huggingface/transformers",
        "1d2fe0d87b712f479707c7518c7a31a0b9b62443",
        "examples/legacy/question-answering/README.md",
        "BERT variants of its paper",
      ),
    ],
  },
  deberta: {
    usedBy: "DeBERTa, DeBERTa-V2, DeBERTa-V3 and mDeBERTa.",
    usedBySources: [
      transformers("deberta/modeling_deberta.py", "DeBERTa"),
      transformers("deberta_v2/modeling_deberta_v2.py", "DeBERTa-V2"),
      page(
        "model card",
        "https://huggingface.co/microsoft/mdeberta-v3-base/blob/main/README.md",
        "DeBERTa-V3",
        "mDeBERTa",
      ),
    ],
  },
  cope: unused,
  dape: unused,
  "dape-v2": unused,
  fox: {
    usedBy: "The Forgetting Transformer of its paper, released as checkpoints for research.",
    usedBySources: [
      repository(
        "zhixuan-lin/forgetting-transformer",
        "0b9eab04ce9b6576c78aef392bdc5c81b212e006",
        "README.md",
        "Forgetting Transformer",
      ),
    ],
  },
  "grape-ap": unused,
  path: {
    usedBy: "The models of its paper. " + nobody,
    usedBySources: [paper("2505.16381", "models of its paper")],
  },
  "selective-rope": unused,
  "rel-proj": {
    usedBy: "Inkling and Inkling 2; x-transformers took it from Inkling.",
    usedBySources: [
      transformers("inkling/modeling_inkling.py", "Inkling"),
      transformers("inkling2/modeling_inkling2.py", "Inkling 2"),
      repository(
        "lucidrains/x-transformers",
        "9252ed7838021ee61e6c5be0930b3a9a88efdf06",
        "x_transformers/x_transformers.py",
        "x-transformers",
      ),
    ],
  },
};
