/**
 * Findings about longer texts by rotary positions of another scale.
 *
 * @module
 */
import { order } from "./claim-words.ts";
import type { Claim, Place, Row } from "./experiment.ts";
import { asTrained, factor, methods, named, trainLength } from "./extension/methods.ts";

const at = (experiment: "extended" | "tuned", length: number): Place => ({ experiment, length });
const longer = factor * trainLength;
const untuned = [at("extended", longer)];
const tuned = [at("tuned", longer)];
const { yarn, ntk, pi, abf } = named;

/** The loss grows by no more than two percent from the train length to four times it. */
function flat(encoding: string): Claim {
  const [from, to] = [at("extended", trainLength), at("extended", longer)];
  return { kind: "holds", encoding, from, to, measure: "bits per byte", within: 0.02 };
}

/** Position interpolation, NTK, YaRN and what needs no training. */
export const extension: Row = {
  id: "extension",
  title: "Longer texts: PI, NTK and YaRN, before and after training on",
  papers: [
    { title: "Peng et al. 2023, YaRN", url: "https://arxiv.org/abs/2309.00071" },
    { title: "Chen et al. 2023, Position Interpolation", url: "https://arxiv.org/abs/2306.15595" },
    { title: "Jin et al. 2024, Self-Extend", url: "https://arxiv.org/abs/2401.01325" },
    { title: "Xiao et al. 2023, StreamingLLM", url: "https://arxiv.org/abs/2309.17453" },
  ],
  published:
    "Llama models of 2,048 and 4,096 tokens, extended 2 to 32 times. Without training on, a rotary model fails beyond its length; " +
    "position interpolation is better, the NTK base better again, YaRN best, and interpolation hurts within the length. After training on, " +
    "interpolation and YaRN are ahead of the NTK base. Self-Extend needs no training and does as well; attention sinks and LM-Infinite hold, and use none " +
    "of the longer text.",
  ours:
    "Moby-Dick in bytes, 132,864 parameters with rope (two heads of 32 components), trained on 128 tokens for 800 steps, extended by 4 with each method of relpos extend, " +
    "judged in sliding windows, each of which predicts its second half; then 200 steps on four windows of 512 at a highest rate of 1e-3. dynamic-ntk follows each length and is not trained on: at a fixed length it is ntk-aware. Nor are methods that give far keys known distances. " +
    "YaRN's ramp begins at 10 turns, and longrope has no search: its five fastest pairs stay, the others are divided by 4. " +
    "jet-long keeps distances up to half the length of training, as self-extend does; up to a sixteenth, the share of its authors' 2048 of 32768, it had 3.05 bits per byte at 512.",
  experiments: ["extended", "tuned"],
  claims: [
    order(yarn, ntk, untuned),
    order(ntk, pi, untuned),
    order(pi, asTrained, untuned),
    order(asTrained, pi, [at("extended", trainLength)]),
    order(yarn, ntk, tuned),
    order(pi, ntk, tuned),
    flat("streaming-llm"),
    flat("lm-infinite"),
  ],
  further: [
    ...["self-extend", "jet-long", "rerope", "leaky-rerope", "dca"].map((method) =>
      order(method, yarn, untuned),
    ),
    order(yarn, named.parts, untuned),
    order(named.dynamic, ntk, [at("extended", 2 * trainLength)]),
    order(yarn, pi, tuned),
    order(yarn, abf, tuned),
    ...methods.flatMap(({ method, tuned: also }) =>
      also ? [order(method, asTrained, tuned)] : [],
    ),
  ],
  figures: [
    {
      experiment: "extended",
      measure: "bits per byte",
      title: "Bits per byte, extended by 4",
    },
    {
      experiment: "tuned",
      measure: "bits per byte",
      title: "Bits per byte, extended and trained on",
    },
  ],
  longer:
    "A larger model that uses far tokens would part methods that keep them from those that forget them; here 512 bytes tell little more than 128.",
};
