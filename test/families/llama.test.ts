/** Llama and its relatives against transformers (oracle/families.py). */
import { familyCases, testDecoders } from "./decoder-logits.ts";

testDecoders(familyCases("llama"));
