/** Llama and its relatives against transformers (oracle/families.py). */
import { familyCases, testDecoders } from "./decoder-logits.ts";

testDecoders(familyCases("llama", "mistral", "qwen2", "qwen3", "smollm3"));
