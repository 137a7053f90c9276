/**
 * The families of pretrained models, by the `model_type` of their configurations.
 *
 * @module
 */
import { bart, blenderbot, marian, pegasus } from "./bart.ts";
import { bloom } from "./bloom.ts";
import { falcon } from "./falcon.ts";
import { bert, roberta } from "./bert.ts";
import { debertaV2 } from "./deberta-v2.ts";
import type { DecoderFamily, EncoderFamily, PairFamily } from "./family.ts";
import { modernBert } from "./modernbert.ts";
import { gemma, gemma2, gemma3 } from "./gemma.ts";
import { gpt2 } from "./gpt2.ts";
import { gptNeoX } from "./gpt-neox.ts";
import { gptJ } from "./gptj.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { mpt } from "./mpt.ts";
import { phi } from "./phi.ts";
import { qwen2, qwen3 } from "./qwen.ts";
import { smollm3 } from "./smollm3.ts";
import { mt5, t5 } from "./t5.ts";

/** All families of decoders. */
export const decoderFamilies: readonly DecoderFamily[] = [
  ...[llama, mistral, qwen2, qwen3, smollm3, gemma, gemma2, gemma3],
  ...[gpt2, gptNeoX, gptJ, phi, bloom, mpt, falcon],
];

/** All families of encoders. */
export const encoderFamilies: readonly EncoderFamily[] = [bert, roberta, debertaV2, modernBert];

/** All families of encoder-decoders. */
export const pairFamilies: readonly PairFamily[] = [t5, mt5, bart, marian, pegasus, blenderbot];
