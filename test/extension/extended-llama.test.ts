/** Every method that transformers reads, on Llama. */
import { testExtended } from "./extended-logits.ts";

testExtended((family) => family === "llama");
