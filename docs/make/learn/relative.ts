/**
 * The learning page: Shaw, T5 and ALiBi.
 *
 * @module
 */
import { slopes } from "../../../src/encodings/alibi.ts";
import { bucketRule, bucketStarts } from "../../../src/encodings/t5.ts";
import { listed } from "../../../src/format.ts";
import { table } from "../markdown.ts";
import { dot, fixed, matrixTable, softmaxOf, vector } from "./numbers.ts";

/** Of Shaw's example: vectors of distances 0, 1, and 2 or more. */
const keyVectors = [
  [0, 0],
  [1, 0],
  [0, -1],
] as const;
const [query, key] = [
  [1, 1],
  [1, 0],
] as const;

/** Scores of the query at position 4 with five equal keys, by Shaw's formula. */
export function shawScores(): readonly number[] {
  return [0, 1, 2, 3, 4].map((j) => {
    const near = keyVectors[Math.min(4 - j, keyVectors.length - 1)]!;
    return (dot(query, key) + dot(query, near)) / Math.SQRT2;
  });
}

/** ALiBi's weights of keys at distances 0 … 7 whose content scores are equal, for each of four heads. */
export function alibiWeights(): readonly (readonly number[])[] {
  return softmaxOf(slopes(4).map((slope) => Array.from({ length: 8 }, (_, n) => -slope * n)));
}

const few = { buckets: 8, maxDistance: 16 } as const;

/** The sections. */
export function relativeSections(): string[] {
  const scores = shawScores();
  const bucketOf = bucketRule(true, few.buckets, few.maxDistance);
  const starts = bucketStarts(true, few.buckets, few.maxDistance);
  const shared = starts.map((start, bucket) => {
    const next = starts[bucket + 1];
    const last = next === undefined ? undefined : next - 1;
    const range =
      last === undefined
        ? `${start} and more`
        : last === start
          ? String(start)
          : `${start} to ${last}`;
    return [String(bucket), range];
  });
  const heads = alibiWeights();
  return [
    `## Shaw: a vector for each distance\n`,
    `[Shaw, Uszkoreit and Vaswani (2018)](encodings/shaw.md) learn a vector a_n for each distance n up to a largest one, K, and add it to the key. Distances beyond K use a_K:\n`,
    `\`\`\`\nscore[i, j] = q_i · (k_j + a_min(i−j, K)) / √d\n\`\`\`\n`,
    `With K = 2, a₀ = ${vector(keyVectors[0], 0)}, a₁ = ${vector(keyVectors[1], 0)} and a₂ = ${vector(keyVectors[2], 0)}, the query ${vector(query, 0)} at position 4 and five equal keys ${vector(key, 0)}:\n`,
    matrixTable(
      ["", ...scores.map((_, j) => `j = ${j}`)],
      [
        ["score", scores],
        ["weight", softmaxOf([scores])[0]!],
      ],
    ),
    `The key just before the query gets the highest score, for no other reason than its distance. Keys 0, 1 and 2 are all 2 or more away and are treated alike. ` +
      `The product q · a_n lets each query prefer other distances. A second set of vectors is added to the values in the same way.\n`,
    `## T5: a number for each bucket of distances\n`,
    `[T5 (2019)](encodings/t5.md) learns one number for each head and distance and adds it to the score, without the query. Few far distances occur often enough to be learned one by one, so distances share **buckets** that grow in width. ` +
      `With ${few.buckets} buckets and a largest distance of ${few.maxDistance}:\n`,
    table(["Bucket", "Distances"], shared),
    `Distance 3 is in bucket ${bucketOf(3)}, ${listed([9, 11, 100].map((n) => `${n} in bucket ${bucketOf(n)}`))}. The published sizes are 32 buckets and 128. If training shows no distance of the last buckets, their numbers stay as they began, ` +
      `and a longer text reads them: that is why \`maxDistance\` should be smaller than the train length.\n`,
    `## ALiBi: a straight line\n`,
    `[ALiBi (2022)](encodings/alibi.md) learns nothing. Each head subtracts a fixed slope times the distance. Four heads have the slopes ${listed(slopes(4).map((slope) => `1/${1 / slope}`))}. ` +
      `If all keys had equal content, the weights at distances 0 to 7 would be:\n`,
    matrixTable(
      ["", ...Array.from({ length: 8 }, (_, n) => `n = ${n}`)],
      heads.map((weights, head) => [`slope 1/${1 / slopes(4)[head]!}`, weights] as const),
      3,
    ),
    `The first head attends to a few tokens, the last to all of them almost equally (${fixed(heads[3]![0]!, 3)} and ${fixed(heads[3]![7]!, 3)}). At a distance that training did not show, the line simply goes on, and the weight there is small already. ` +
      `So ALiBi holds its loss on long texts, and uses little of what is far away in them. [\`kerple-log\`](encodings/kerple-log.md) and [\`sandwich\`](encodings/sandwich.md) replace the line by a curve that flattens.\n`,
  ];
}
