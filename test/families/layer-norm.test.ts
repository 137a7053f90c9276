/** Decoders with layer norms against transformers (oracle/families.py). */
import { familyCases, testDecoders } from "./decoder-logits.ts";

testDecoders(familyCases("gpt2", "gpt_neox", "gptj", "phi", "bloom", "mpt", "falcon"));
