/**
 * The decoder as a user calls it. That it gives the logits of one pass, for every encoding and for padded rows,
 * is the contract's check `decoding`.
 */
import { afterEach, describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Decoder, DecoderOptions } from "../../src/generation/decoder.ts";
import type { Logits } from "../../src/generation/logits.ts";
import { UnsupportedLength } from "../../src/model/length-limit.ts";
import { languageModel } from "../../src/model/transformer.ts";
import "../../src/runtime/node.ts";
import { trainedModel, vocab } from "./trained-model.ts";

const open: Decoder[] = [];
afterEach(async () => {
  for (const decoder of open.splice(0)) await decoder.dispose();
});

/** A decoder that the test need not dispose. */
async function decoderOf(encoding: string, options: DecoderOptions = {}): Promise<Decoder> {
  const decoder = await compileDecoder(trainedModel(encoding), { threads: 1, ...options });
  open.push(decoder);
  return decoder;
}

/** The largest difference of two rows of numbers. */
function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]!)));
}

const rowOf = ({ data }: Logits, row: number): Float32Array =>
  data.subarray(row * vocab, (row + 1) * vocab);

const [long, short] = [
  [1, 2, 3, 4, 5],
  [6, 7],
];

describe("positions and logits", () => {
  test("one row of logits for each text, after its last token", async () => {
    const [last, all] = [await decoderOf("rope"), await decoderOf("rope", { logits: "all" })];
    expect(last.positions).toEqual([]);
    const found = await last.prefill([long, short]);
    expect(last.positions).toEqual([5, 2]);
    expect(found.shape).toEqual([2, vocab]);
    const every = await all.prefill([long, short]);
    expect(every.shape).toEqual([2, 5, vocab]);
    for (const row of [0, 1])
      expect(largest(rowOf(found, row), rowOf(every, 5 * row + 4))).toBeLessThan(1e-6);
    expect(
      (
        await all.step([
          [1, 2],
          [3, 4],
        ])
      ).shape,
    ).toEqual([2, 2, vocab]);
    expect((await last.step(Int32Array.of(8, 9))).shape).toEqual([2, vocab]);
    expect(last.positions).toEqual([6, 3]);
  });

  test.each(["none", "rope", "learned", "fox", "distance-row"])(
    "%s: a row beside a longer one has the logits it has alone",
    async (encoding) => {
      const decoder = await decoderOf(encoding);
      const beside = [await decoder.prefill([long, short]), await decoder.step([8, 9])];
      const alone = [await decoder.prefill([short]), await decoder.step([9])];
      beside.forEach((logits, at) =>
        expect(largest(rowOf(logits, 1), alone[at]!.data)).toBeLessThan(2e-6),
      );
      // The other row is another text, so the comparison above can fail.
      expect(largest(rowOf(beside[1]!, 0), alone[1]!.data)).toBeGreaterThan(1e-2);
    },
  );

  // Cached tokens are joined to the older ones after 32 and 64 steps; the contract's texts are shorter.
  test.each(["rope", "t5", "fox", "shaw", "cope", "path", "value-rope", "selective-rope"])(
    "%s: a long text has the logits of one pass, padded and after a rollback too",
    async (encoding) => {
      const decoder = await decoderOf(encoding);
      const rows = [[...long], [...short]];
      await decoder.prefill(rows);
      for (let step = 0; step < 66; step++) {
        const next = rows.map((_, row) => (step * 5 + row) % vocab);
        if (step % 32 < 2) {
          await decoder.step([12, 12]);
          decoder.rollback();
        }
        const logits = await decoder.step(next);
        rows.forEach((ids, row) => ids.push(next[row]!));
        if (step % 32 > 2) continue;
        const whole = await (await decoderOf(encoding)).prefill(rows);
        expect(largest(logits.data, whole.data), `step ${step}`).toBeLessThan(1e-5);
      }
    },
  );

  test("a prompt in pieces gives what it gives at once, padding included", async () => {
    const prompts = [long, [9], short];
    for (const logits of ["last", "all"] as const) {
      const whole = await (await decoderOf("t5", { logits })).prefill(prompts);
      for (const pieceLength of [1, 2, 4]) {
        const pieces = await decoderOf("t5", { logits, pieceLength });
        const found = await pieces.prefill(prompts);
        expect(found.shape).toEqual(whole.shape);
        for (const [row, ids] of prompts.entries()) {
          const own = (x: Logits): Float32Array =>
            logits === "last"
              ? rowOf(x, row)
              : x.data.subarray((5 * row + 5 - ids.length) * vocab, 5 * (row + 1) * vocab);
          expect(largest(own(found), own(whole))).toBeLessThan(2e-6);
        }
      }
    }
  });

  test("where nothing may be cached, each step reads the whole text and gives its new tokens", async () => {
    const encoding = "distance-row(mode=bucket,buckets=8,maxDistance=20)";
    const [last, all] = [await decoderOf(encoding), await decoderOf(encoding, { logits: "all" })];
    await last.prefill([long]);
    await all.prefill([long]);
    const stepped = await last.step([[6, 7]]);
    const every = await all.step([[6, 7]]);
    expect(every.shape).toEqual([1, 2, vocab]);
    expect(largest(rowOf(every, 1), stepped.data)).toBeLessThan(1e-6);
    const whole = await last.prefill([[...long, 6, 7]]);
    expect(largest(whole.data, stepped.data)).toBeLessThan(1e-6);
  });
});

describe("rollback and reset", () => {
  test.each(["rope", "path", "distance-row(mode=normalise)"])(
    "%s: a step that was removed leaves nothing behind",
    async (encoding) => {
      const decoder = await decoderOf(encoding);
      await decoder.prefill([long, short]);
      const other = await decoder.step([1, 1]);
      decoder.rollback();
      expect(decoder.positions).toEqual([5, 2]);
      const found = await decoder.step([2, 2]);
      await decoder.prefill([long, short]);
      const expected = await decoder.step([2, 2]);
      expect(largest(found.data, expected.data)).toBeLessThan(1e-6);
      expect(largest(found.data, other.data)).toBeGreaterThan(1e-2);
    },
  );

  test("only the last step can be removed, and only once", async () => {
    const decoder = await decoderOf("rope");
    const message = "rollback() removes the last step, and the last call was none";
    expect(() => decoder.rollback()).toThrow(message);
    await decoder.prefill([long]);
    expect(() => decoder.rollback()).toThrow(message);
    await decoder.step([1]);
    decoder.rollback();
    expect(() => decoder.rollback()).toThrow(message);
    expect(decoder.positions).toEqual([5]);
  });

  test("reset forgets the texts, and prefill begins others in a batch of any size", async () => {
    const decoder = await decoderOf("rope");
    const first = await decoder.prefill([long]);
    await decoder.step([1]);
    decoder.reset();
    expect(decoder.positions).toEqual([]);
    await expect(decoder.step([1])).rejects.toThrow("Call prefill() first");
    const again = await decoder.prefill([long, long, short]);
    expect(largest(rowOf(again, 1), first.data)).toBeLessThan(2e-6);
  });
});

describe("sampled positions", () => {
  test("need the length of the whole text, or a limit", async () => {
    await expect(decoderOf("randomized")).rejects.toThrow(
      "decoder: randomized chooses the positions of a whole text before its first token. " +
        "Give the most tokens a text will have: compileDecoder(trained, { maxLength: 512 }).",
    );
    const decoder = await decoderOf("randomized", { maxLength: 6 });
    await decoder.prefill([long]);
    await decoder.step([1]);
    await expect(decoder.step([1])).rejects.toThrow(UnsupportedLength);
  });
});

describe("sampled positions of a row", () => {
  const encoding = "randomized(base=rope,range=64)";

  test("are its own, the same in every call, and its text keeps them while it grows", async () => {
    const decoder = await decoderOf(encoding, { maxLength: 8 });
    const whole = await decoder.prefill([
      [...long, 6],
      [...long, 6],
    ]);
    // The same text in two rows: only their positions differ.
    expect(largest(rowOf(whole, 0), rowOf(whole, 1))).toBeGreaterThan(1e-2);
    await decoder.prefill([long, long]);
    expect(largest((await decoder.step([6, 6])).data, whole.data)).toBeLessThan(2e-6);
    const alone = await decoder.prefill([[...long, 6]]);
    expect(largest(alone.data, rowOf(whole, 0))).toBeLessThan(2e-6);
    const padded = await decoder.prefill([
      [...long, 6, 7],
      [...long, 6],
    ]);
    expect(largest(rowOf(padded, 1), rowOf(whole, 1))).toBeLessThan(2e-6);
  });

  test("depend on the seed", async () => {
    const logits = async (seed?: number): Promise<Float32Array> => {
      const options = { maxLength: 8, ...(seed === undefined ? {} : { seed }) };
      return (await (await decoderOf(encoding, options)).prefill([long])).data;
    };
    expect(await logits(0)).toEqual(await logits());
    expect(largest(await logits(1), await logits())).toBeGreaterThan(1e-2);
    const offset = await decoderOf("random-offset(maxOffset=9)", { maxLength: 8, seed: 1 });
    const { data } = await offset.prefill([long, long]);
    expect(largest(data.subarray(0, vocab), data.subarray(vocab))).toBeLessThan(2e-6);
  });
});

describe("what does not fit", () => {
  test.each<[string, (decoder: Decoder) => Promise<Logits>, string]>([
    ["no prompts", (d) => d.prefill([]), "decoder: there are no prompts"],
    ["an empty prompt", (d) => d.prefill([[1], []]), "decoder: row 1 has no tokens"],
    [
      "an id that the vocabulary does not have",
      (d) => d.prefill([[1], [2, vocab]]),
      "decoder: token 1 of row 1 is 13; ids are whole numbers from 0 to 12. " +
        "Encode the text with the model's own tokenizer.",
    ],
    ["a negative id", (d) => d.prefill([[-1]]), "token 0 of row 0 is -1"],
    ["a fraction", (d) => d.prefill([[0.5]]), "token 0 of row 0 is 0.5"],
    ["no number", (d) => d.prefill([[NaN]]), "token 0 of row 0 is NaN"],
    [
      "ids without rows",
      (d) => d.prefill([1, 2, 3] as unknown as number[][]),
      "decoder: row 0 is 1, not an array of token ids. Give one array for each text, as in prefill([[1, 2, 3]])",
    ],
    [
      "text",
      (d) => d.prefill(["ab"] as unknown as number[][]),
      "decoder: row 0 is ab, not an array",
    ],
    [
      "a step before a prompt",
      (d) => d.step([1]),
      "decoder: step() continues texts, and there are none",
    ],
  ])("%s", async (_, call, message) => {
    await expect(call(await decoderOf("rope"))).rejects.toThrow(message);
  });

  test.each<[string, number[] | number[][], string]>([
    ["a row too few", [1], "decoder: step() was given 1 rows; there are 2"],
    ["an id too large", [1, 99], "token 0 of row 1 is 99"],
    ["rows of different lengths", [[1], [1, 2]], "row 0 has 1, row 1 has 2"],
    ["an empty row", [[], []], "row 0 has no tokens"],
  ])("a step with %s, after which the texts go on", async (_, tokens, message) => {
    const decoder = await decoderOf("rope");
    await decoder.prefill([long, short]);
    await expect(decoder.step(tokens)).rejects.toThrow(message);
    expect(decoder.positions).toEqual([5, 2]);
    const found = await decoder.step([1, 2]);
    await decoder.prefill([long, short]);
    expect([...found.data]).toEqual([...(await decoder.step([1, 2])).data]);
  });

  test.each<[object, string]>([
    [{ origin: [1, 0] }, 'option "origin" does not exist. Did you mean "origins"?'],
    [{ forgets: 1 }, 'option "forgets" does not exist. Did you mean "forget"?'],
  ])("a step with %j, after which the texts go on", async (options, message) => {
    const decoder = await decoderOf("rope");
    await decoder.prefill([long, short]);
    await expect(decoder.step([1, 2], options)).rejects.toThrow(`decoder: step(): ${message}`);
    expect(decoder.positions).toEqual([5, 2]);
  });

  test("texts beyond the encoding's limit or maxLength, before a run", async () => {
    const learned = await decoderOf("learned");
    await expect(learned.prefill([[1], Array<number>(9).fill(1)])).rejects.toThrow(
      /decoder: row 1 would have 9 tokens, and learned ends at 8: .* Give it a shorter text\./,
    );
    await learned.prefill([long, short]);
    await expect(
      learned.step([Array<number>(4).fill(1), Array<number>(4).fill(1)]),
    ).rejects.toThrow(UnsupportedLength);
    expect(learned.positions).toEqual([5, 2]);
    await learned.step([Array<number>(3).fill(1), Array<number>(3).fill(1)]);
    const bounded = await decoderOf("rope", { maxLength: 5 });
    await bounded.prefill([long]);
    await expect(bounded.step([1])).rejects.toThrow(
      "decoder: row 0 would have 6 tokens, and maxLength is 5. Compile the decoder with a larger maxLength.",
    );
  });

  test.each([0, 1.5, NaN])("maxLength and pieceLength of %s", async (value) => {
    for (const name of ["maxLength", "pieceLength"])
      await expect(decoderOf("rope", { [name]: value })).rejects.toThrow(
        `decoder: ${name} must be a whole number of 1 or more, got ${value}.`,
      );
  });

  test("weights that are missing, foreign or of another shape, by name; moments are left out", async () => {
    const { model, weights } = trainedModel("rope");
    const name = "blocks.1.attention.key.weight";
    const changed = (
      change: (copy: Map<string, { shape: readonly number[]; data: Float32Array }>) => void,
    ) => {
      const copy = new Map(weights);
      change(copy);
      return compileDecoder({ model, weights: copy });
    };
    await expect(changed((copy) => copy.delete(name))).rejects.toThrow(
      `decoder: these weights are of another model. Missing: ${name} [16, 16]. Give the weights of this model`,
    );
    const flat = { shape: [256], data: new Float32Array(256) };
    await expect(changed((copy) => copy.set(name, flat))).rejects.toThrow(
      `decoder: these weights are of another model. Of another shape: ${name} is [256] and must be [16, 16].`,
    );
    const third = "blocks.2.attention.key.weight";
    await expect(changed((copy) => copy.set(third, flat))).rejects.toThrow(
      `decoder: these weights are of another model. Too many: ${third} [256].`,
    );
    const t5 = languageModel(model.config, encodingById("t5"), 8);
    await expect(compileDecoder({ model: t5, weights })).rejects.toThrow(
      "Missing: position.t5.table [32, 2].",
    );
    open.push(await changed((copy) => copy.set(`optimiser.m.${name}`, flat)));
  });

  test("a call beside another, and calls after dispose", async () => {
    const decoder = await decoderOf("rope");
    const first = decoder.prefill([long]);
    await expect(decoder.step([1])).rejects.toThrow(
      "decoder: step() while another call runs. Await that one first.",
    );
    expect(() => decoder.reset()).toThrow("reset() while another call runs");
    await first;
    await decoder.dispose();
    await decoder.dispose();
    const message = "after dispose(). Compile the model again.";
    await expect(decoder.prefill([long])).rejects.toThrow(`decoder: prefill() ${message}`);
    await expect(decoder.step([1])).rejects.toThrow(`decoder: step() ${message}`);
    expect(() => decoder.rollback()).toThrow(message);
    expect(() => decoder.reset()).toThrow(message);
    expect(decoder.positions).toEqual([]);
  });
});

describe("rows that are chosen", () => {
  test.each(["rope", "distance-row", "randomized"])(
    "%s: taken twice or left out; rollback brings the batch of before",
    async (encoding) => {
      const decoder = await decoderOf(encoding, { maxLength: 9 });
      await decoder.prefill([long, short]);
      const chosen = await decoder.step([8, 9, 10], { origins: [1, 1, 0] });
      expect(chosen.shape).toEqual([3, vocab]);
      expect(decoder.positions).toEqual([3, 3, 6]);
      const twice = await decoder.step([1, 1], { origins: [0, 0] });
      expect(largest(rowOf(twice, 0), rowOf(twice, 1))).toBeLessThan(2e-6);
      decoder.rollback();
      expect(decoder.positions).toEqual([3, 3, 6]);
      const again = await decoder.step([1, 1, 1]);
      expect(largest(rowOf(again, 0), rowOf(twice, 0))).toBeLessThan(2e-6);
      // The other row has another token before.
      expect(largest(rowOf(again, 1), rowOf(twice, 0))).toBeGreaterThan(1e-3);
    },
  );

  test("a row that is not there, and none", async () => {
    const decoder = await decoderOf("rope");
    await decoder.prefill([long, short]);
    await expect(decoder.step([1], { origins: [2] })).rejects.toThrow(
      /continues row 2; there are rows 0 … 1/,
    );
    await expect(decoder.step([1], { origins: [0.5] })).rejects.toThrow(/continues row 0\.5/);
    await expect(decoder.step([], { origins: [] })).rejects.toThrow(/continues no rows/);
    await expect(decoder.step([1, 2], { origins: [0] })).rejects.toThrow(
      /given 2 rows; there are 1/,
    );
    expect(decoder.positions).toEqual([5, 2]);
  });
});
