/**
 * What Hugging Face's tokenizers answered: `test/golden/tokenizers.json`, made by `oracle/tokenizer_bpe.py`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TrainableKind } from "../../../src/data/bpe/pieces.ts";

interface Digest {
  readonly count: number;
  readonly sha256: string;
}

export interface TrainedCase {
  readonly name: string;
  readonly options: {
    readonly kind: TrainableKind;
    readonly vocab: number;
    readonly minFrequency: number;
    readonly specialTokens: readonly string[];
  };
  readonly answer: {
    /** All of tokenizer.json but its vocabulary and merges. */
    readonly document: Readonly<Record<string, unknown>>;
    readonly tokens: Digest;
    readonly merges: Digest & {
      readonly first: readonly string[][];
      readonly last: readonly string[][];
    };
    readonly ids: Digest;
    readonly whole: Digest;
    readonly decoded: Pick<Digest, "sha256">;
    readonly lines: readonly { readonly line: number; readonly ids: readonly number[] }[];
  };
}

export interface OtherCase {
  readonly name: string;
  readonly document: object;
  readonly outputs: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly decoded: string;
  }[];
}

export const golden = JSON.parse(
  readFileSync(new URL("../../golden/tokenizers.json", import.meta.url), "utf8"),
) as {
  readonly text: { readonly trained: number; readonly sha256: string };
  readonly cases: readonly TrainedCase[];
  readonly others: readonly OtherCase[];
};

/** The SHA-256 of a text, or of a value's JSON without spaces. */
export function digest(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return createHash("sha256").update(text).digest("hex");
}
