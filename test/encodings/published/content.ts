/**
 * Encodings that depend on positions and content.
 *
 * @module
 */
import type { PublishedDefaults } from "./published-defaults.ts";

const ofBase = { baseOptions: "those of the base by default" };
const kerple = { a: "4 U(0, 1)", p: "4 U(0, 2)" };

/** In the order of the list. */
export const content: readonly PublishedDefaults[] = [
  {
    id: "shaw",
    options: "shaw(maxDistance=16,values=true)",
    first: {
      key: "33×16 N(0, 0.02²) in each layer",
      value: "33×16 N(0, 0.02²) in each layer",
    },
    source:
      "Shaw et al. 2018: clipped at 16 in both terms; first values are this model's, the authors' their framework's",
  },
  {
    id: "music-transformer",
    options: "music-transformer(maxLength=64,shared=false,values=false)",
    first: { key: "4×64×16 N(0, 0.25²) in each layer" },
    source:
      "tensor2tensor, dot_product_self_attention_relative_v2: initializer stddev depth^−½, keys only, heads apart",
  },
  {
    id: "transformer-xl",
    options: "transformer-xl(untied=false)",
    others: { clampLength: "no distance is" },
    first: {
      u: "4×16 N(0, 0.02²)",
      v: "4×16 N(0, 0.02²)",
      weight: "64×64 N(0, 0.02²) in each layer",
    },
    source:
      "kimiyoung/transformer-xl, pytorch/train.py: init_std 0.02, untie_r false, clamp_len −1",
  },
  {
    id: "xlnet",
    options: "xlnet",
    others: { clampLength: "no distance is" },
    first: {
      u: "4×16 N(0, 0.02²) in each layer",
      v: "4×16 N(0, 0.02²) in each layer",
      weight: "64×64 N(0, 0.02²) in each layer",
    },
    source: "transformers, XLNetConfig: initializer_range 0.02, clamp_len −1",
  },
  {
    id: "bert-relative-key",
    options: "bert-relative-key(maxLength=64)",
    first: { table: "127×16 N(0, 0.02²) in each layer" },
    source:
      "transformers 4, BertConfig: initializer_range 0.02; max_position_embeddings is the length trained with",
  },
  {
    id: "bert-relative-key-query",
    options: "bert-relative-key-query(maxLength=64)",
    first: { table: "127×16 N(0, 0.02²) in each layer" },
    source:
      "transformers 4, BertConfig: initializer_range 0.02; max_position_embeddings is the length trained with",
  },
  {
    id: "deberta",
    options: "deberta(version=2,terms=[c2p,p2c],maxDistance=512,buckets=256)",
    first: { table: "512×64 N(0, 0.02²)", "norm.weight": "64 1", "norm.bias": "64 0" },
    source:
      "microsoft/deberta-v3-base, config.json: pos_att_type p2c|c2p, position_buckets 256, max_position_embeddings " +
      "512, share_att_key, norm_rel_ebd layer_norm, initializer_range 0.02",
  },
  {
    id: "cope",
    options: "cope(positions=64,scale=official,separateKeys=false)",
    first: { table: "64×16 0 in each layer" },
    source:
      "Golovneva et al. 2024: 64 positions in its language models; facebookresearch/RAM: zeros, scaled with the product",
  },
  {
    id: "dape",
    options: "dape(base=kerple-log,width=32)",
    others: ofBase,
    first: {
      "kerple-log.a": kerple.a,
      "kerple-log.p": kerple.p,
      "hidden.weight": "1×8×32 U(-0.353553, 0.353553) in each layer",
      "hidden.bias": "32 U(-0.353553, 0.353553) in each layer",
      "output.weight": "1×32×4 U(-0.176777, 0.176777) in each layer",
    },
    source: "chuanyang-Zheng/DAPE, DAPE.py: mlp_width 32; PyTorch's linear maps",
  },
  {
    id: "dape-v2",
    options: "dape-v2(base=kerple-log,width=32,kernel=3)",
    others: ofBase,
    first: {
      "kerple-log.a": kerple.a,
      "kerple-log.p": kerple.p,
      "hidden.weight": "3×8×32 U(-0.204124, 0.204124) in each layer",
      "hidden.bias": "32 U(-0.204124, 0.204124) in each layer",
      "output.weight": "3×32×4 U(-0.102062, 0.102062) in each layer",
    },
    source: "chuanyang-Zheng/DAPE, Kerple_DAPEV2: width 32, kernel 1×3; PyTorch's convolutions",
  },
  {
    id: "fox",
    options: "fox(gate=data,initialBias=0)",
    others: { decayTimes: "those of `initialBias`" },
    first: {
      "gate.weight": "64×4 N(0, 0.02²) in each layer",
      "gate.bias": "4 0 in each layer",
    },
    source: "zhixuan-lin/forgetting-transformer: fgate_type full, initializer_range 0.02, biases 0",
  },
  {
    id: "grape-ap",
    options: "grape-ap(width=8)",
    first: { weight: "64×32 N(0, 0.0625²) in each layer" },
    source: "model-architectures/GRAPE, llama-mha-grape-ap-v1.py: N(0, 0.25/n_embd), width 8",
  },
  {
    id: "path",
    options: "path(rank=32,forgetGate=false)",
    first: {
      down: "64×32 N(0, 0.02²) in each layer",
      up: "32×64 N(0, 0.02²) in each layer",
      kernel: "3×64 U(-0.57735, 0.57735) in each layer",
      "strength.weight": "64×4 N(0, 0.02²) in each layer",
      "strength.bias": "4 0 in each layer",
    },
    source:
      "fla, layers/path_attn.py: low rank 32, kernel of 3, no forget gate; the kernel as PyTorch's convolutions",
  },
  {
    id: "selective-rope",
    options:
      "selective-rope(projection=low-rank,rank=32,base=500000,maxTemperature=1,learnedTemperature=false," +
      "bias=false,gate=none)",
    others: { gateRank: "16" },
    first: {
      down: "64×32 N(0, 0.02²) in each layer",
      up: "32×32 N(0, 0.02²) in each layer",
      kernel: "4×32 N(0, 0.02²) in each layer",
    },
    source:
      "timurcarstensen/selective-rope: rank 32 in all configurations, base 500000, kernel of 4, initializer 0.02",
  },
  {
    id: "rel-proj",
    options: "rel-proj(basis=16,maxDistance=1024)",
    first: {
      "weights.weight": "64×64 U(-0.125, 0.125) in each layer",
      "weights.bias": "64 U(-0.125, 0.125) in each layer",
      bank: "1024×16 N(0, 0.02²) in each layer",
    },
    source:
      "x-transformers, RelativeProjPositionalBias: 16 curves over 1024 distances from N(0, 0.02²); PyTorch's linear map",
  },
];
