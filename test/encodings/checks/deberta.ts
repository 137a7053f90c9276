import { logBuckets } from "../../../src/encodings/parts/deberta-buckets.ts";
import { deberta } from "../../../src/encodings/deberta.ts";
import { goldenDifference } from "../../golden/golden.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { version: 1 },
  { version: 1, maxDistance: 3, terms: ["p2c"] },
  { version: 1, maxDistance: 5, terms: ["c2p"] },
  { version: 2, terms: ["c2p"], buckets: 4, maxDistance: 7 },
  { version: 3, buckets: 4, maxDistance: 5 },
];

const own = {
  queryWeight: "position.deberta.query.weight",
  queryBias: "position.deberta.query.bias",
  keyWeight: "position.deberta.key.weight",
};
const shared = {
  queryWeight: "attention.query.weight",
  queryBias: "attention.query.bias",
  keyWeight: "attention.key.weight",
  keyBias: "attention.key.bias",
  normWeight: "position.deberta.norm.weight",
  normBias: "position.deberta.norm.bias",
};

export const check: Check = (golden, options) => {
  const maxDistance = option<number>(golden, "maxDistance");
  if (golden.outputs["bucket"]) {
    const bucket = logBuckets(option(golden, "buckets"), maxDistance);
    const ours = golden.inputs["distance"]!.data.map((n) => Math.sign(n) * bucket(Math.abs(n)));
    return { bucket: goldenDifference(ours, golden.outputs["bucket"]) };
  }
  const version = option<1 | 2>(golden, "version");
  const settings = {
    version,
    maxDistance,
    terms: option<("c2p" | "p2c")[]>(golden, "terms"),
    ...(version === 2 && { buckets: option<number>(golden, "buckets") }),
  };
  const shape = { ...sizesOf(golden), model: option<number>(golden, "model") };
  const encoding = options.mutate(deberta.create(shape, settings));
  const names = Object.entries({
    table: "position.deberta.table",
    ...(version === 1 ? own : shared),
  });
  const given = names.filter(([name]) => golden.inputs[name] !== undefined);
  return attention(golden, encoding, options, Object.fromEntries(given));
};
