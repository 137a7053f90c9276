/** Methods on other families, whose configurations have keys of their own. */
import { testExtended } from "./extended-logits.ts";

testExtended((family) => family !== "llama");
