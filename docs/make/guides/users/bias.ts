/**
 * Who uses the encodings that add numbers of the positions to the scores, and where that can be checked.
 *
 * @module
 */
import { nobody, page, paper, repository, transformers, unused } from "./sources.ts";
import type { Users } from "./sources.ts";

/** By id. */
export const biasUsers: Readonly<Record<string, Users>> = {
  alibi: {
    usedBy:
      "BLOOM, MPT, Falcon-RW, Baichuan-13B, BTLM-3B-8K; as symmetric distances in encoders: Jina Embeddings 2, MosaicBERT, DNABERT-2.",
    usedBySources: [
      transformers("bloom/modeling_bloom.py", "BLOOM"),
      transformers("mpt/modeling_mpt.py", "MPT"),
      page("model card", "https://huggingface.co/tiiuae/falcon-rw-1b", "Falcon-RW"),
      repository(
        "baichuan-inc/Baichuan-13B",
        "2c517cceb8a5512774b38f64808844c5fb709052",
        "README_EN.md",
        "Baichuan-13B",
      ),
      paper("2309.11568", "BTLM-3B-8K"),
      paper("2310.19923", "Jina Embeddings 2"),
      repository(
        "mosaicml/examples",
        "10b8a9a6c0c8278afc270d05274cf553b407f897",
        "examples/benchmarks/bert/src/bert_layers.py",
        "MosaicBERT",
      ),
      paper("2306.15006", "DNABERT-2"),
    ],
  },
  t5: {
    usedBy: "T5, mT5, ByT5, Flan-T5, UL2, LongT5; MPNet, beside a learned table.",
    usedBySources: [
      transformers("t5/modeling_t5.py", "T5"),
      transformers("mt5/modeling_mt5.py", "mT5"),
      page(
        "documentation",
        "https://huggingface.co/docs/transformers/v4.51.3/model_doc/byt5",
        "ByT5",
      ),
      page(
        "documentation",
        "https://huggingface.co/docs/transformers/v4.51.3/model_doc/flan-t5",
        "Flan-T5",
      ),
      page("configuration", "https://huggingface.co/google/ul2/blob/main/config.json", "UL2"),
      transformers("longt5/modeling_longt5.py", "LongT5"),
      transformers("mpnet/modeling_mpnet.py", "MPNet"),
    ],
  },
  "kerple-log": {
    usedBy:
      "The language models of its paper, released as checkpoints; a base in the models of the DAPE paper (see [`dape`](dape.md)).",
    usedBySources: [
      repository(
        "chijames/KERPLE",
        "25be3d712e96a3353b374f1f8e36b97d86f97ffa",
        "README.md",
        "language models of its paper",
      ),
      paper("2405.14722", "models of the DAPE paper"),
    ],
  },
  "kerple-power": {
    usedBy: "The language models of its paper, released as checkpoints.",
    usedBySources: [
      repository(
        "chijames/KERPLE",
        "25be3d712e96a3353b374f1f8e36b97d86f97ffa",
        "README.md",
        "language models of its paper",
      ),
    ],
  },
  sandwich: {
    usedBy: "The toolkit NVIDIA NeMo has had code for it. " + nobody,
    usedBySources: [
      repository(
        "NVIDIA/NeMo",
        "000b931ed00341cd2a8ae713f1f8de24fafa952e",
        "nemo/collections/nlp/modules/common/megatron/position_embedding/sandwich_relative_position_embedding.py",
        "NVIDIA NeMo",
      ),
    ],
  },
  fire: {
    usedBy: "The arithmetic models of the `abacus` paper, beside `abacus`. " + nobody,
    usedBySources: [paper("2405.17399", "models of the `abacus` paper")],
  },
  "dynamic-position-bias": {
    usedBy: "CrossFormer (vision).",
    usedBySources: [
      repository(
        "cheerss/CrossFormer",
        "795201075f0066e78408882617312084e25aef61",
        "models/crossformer.py",
        "CrossFormer",
      ),
    ],
  },
  "log-cpb": {
    usedBy: "Swin Transformer V2 and Swin2SR (vision).",
    usedBySources: [
      transformers("swinv2/modeling_swinv2.py", "Swin Transformer V2"),
      transformers("swin2sr/modeling_swin2sr.py", "Swin2SR"),
    ],
  },
  "window-table": {
    usedBy: "Swin Transformer, BEiT, data2vec, SwinIR (vision).",
    usedBySources: [
      transformers("swin/modeling_swin.py", "Swin Transformer"),
      repository(
        "huggingface/transformers",
        "001f85b38fb432858ace93f18622f07cec46d874",
        "src/transformers/models/beit/convert_beit_unilm_to_pytorch.py",
        "BEiT",
      ),
      page(
        "configuration",
        "https://huggingface.co/facebook/data2vec-vision-base/blob/main/config.json",
        "data2vec",
      ),
      repository(
        "JingyunLiang/SwinIR",
        "6545850fbf8df298df73d81f3e8cba638787c8bd",
        "models/network_swinir.py",
        "SwinIR",
      ),
    ],
  },
  tupe: {
    usedBy:
      "The pre-trained encoders of its paper; TUPE-R, which has the buckets of [`t5`](t5.md) too, is released as a checkpoint.",
    usedBySources: [
      repository(
        "guolinke/TUPE",
        "10ecb61675cd5866f47d2f8e5cedf944c66de5be",
        "README.md",
        "pre-trained encoders of its paper",
        "TUPE-R",
      ),
    ],
  },
  "retention-decay": {
    usedBy:
      "RetNet multiplies by the factors and has no softmax. RMT (vision) adds their logarithms to the scores before a softmax, by distances of rows and columns and with rates of its own.",
    usedBySources: [
      repository(
        "microsoft/torchscale",
        "4d1e0e82e5adf86dd424f1463192635b73fc8efc",
        "torchscale/component/multiscale_retention.py",
        "RetNet",
      ),
      repository(
        "qhfan/RMT",
        "966162a14d4a1570df333fbb3a525991e6ee24cd",
        "classfication_release/RMT.py",
        "RMT",
      ),
    ],
  },
  bam: unused,
};
