/** Gemma against transformers (oracle/families.py). */
import { familyCases, testDecoders } from "./decoder-logits.ts";

testDecoders(familyCases("gemma", "gemma2", "gemma3_text"));
