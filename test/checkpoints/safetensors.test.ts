import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { InputError, RunError } from "../../src/errors.ts";
import { random } from "../../src/random/random.ts";
import {
  float32Of,
  readSafetensors,
  store,
  valuesOf,
  writeSafetensors,
} from "../../src/checkpoints/safetensors.ts";
import type { StoredDtype, StoredTensor } from "../../src/checkpoints/safetensors.ts";

/** SHA-256 of a file with one-byte tensors of unusual names; safetensors 0.8.0, see oracle/safetensors_names.py. */
const byReference = "423553b5c0773409ab7f6c847d231a00d9c4168b3357c9f1967b1a261db647b3";

/** A file made by hand: eight bytes of length, the header's text, the data. */
function fileOf(
  header: string | Uint8Array,
  data: ArrayLike<number> = [],
  length?: bigint,
): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(Array.from(data), 8 + json.length);
  return file;
}

const entry = (dtype: string, shape: number[], begin: number, end: number): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

function read(dtype: StoredDtype, bytes: number[], count: number): unknown[] {
  const file = fileOf(`{"x":${entry(dtype, [count], 0, bytes.length)}}`, bytes);
  return Array.from(valuesOf(readSafetensors(file).tensors.get("x")!) as ArrayLike<unknown>);
}

describe("reading hand-made bytes", () => {
  test.each([
    ["F32", [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0], [1, -2.5]],
    ["F64", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
    // 1, −2, the largest, the smallest subnormal, ∞, 1 + 2⁻¹⁰
    [
      "F16",
      [0, 0x3c, 0, 0xc0, 0xff, 0x7b, 1, 0, 0, 0x7c, 1, 0x3c],
      [1, -2, 65504, 2 ** -24, Infinity, 1 + 2 ** -10],
    ],
    ["BF16", [0x80, 0x3f, 0x20, 0xc0, 0x49, 0x40, 0x80, 0xff], [1, -2.5, 3.140625, -Infinity]],
    ["I32", [0xff, 0xff, 0xff, 0xff, 1, 1, 0, 0], [-1, 257]],
    ["U32", [0xff, 0xff, 0xff, 0xff], [4294967295]],
    ["I64", [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-2n]],
    ["U64", [0, 0, 0, 0, 1, 0, 0, 0], [4294967296n]],
    ["I16", [0, 0x80], [-32768]],
    ["U16", [0, 0x80], [32768]],
    ["I8", [0xff], [-1]],
    ["U8", [0xff, 7], [255, 7]],
    ["BOOL", [1, 0, 1], [1, 0, 1]],
  ] as [StoredDtype, number[], unknown[]][])("%s", (dtype, bytes, expected) => {
    expect(read(dtype, bytes, expected.length)).toEqual(expected);
  });

  test("F16 keeps the sign of zero and knows NaN", () => {
    const [zero, nan] = read("F16", [0, 0x80, 1, 0x7e], 2);
    expect(zero).toBe(-0);
    expect(nan).toBeNaN();
  });

  test("a header of any length: tensors that are not aligned are read all the same", () => {
    for (let padding = 0; padding < 8; padding++) {
      const header = `{"x":${entry("F32", [1], 0, 4)}}${" ".repeat(padding)}`;
      const tensor = readSafetensors(fileOf(header, [0, 0, 0x80, 0x3f])).tensors.get("x")!;
      expect([...float32Of(tensor)]).toEqual([1]);
    }
  });

  test("a file inside a larger buffer", () => {
    const file = fileOf(`{"x":${entry("U8", [2], 0, 2)}}`, [5, 6]);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect([...valuesOf(readSafetensors(larger.subarray(3)).tensors.get("x")!)]).toEqual([5, 6]);
  });

  test("scalars, empty tensors, metadata, no tensors at all", () => {
    const header = `{"__metadata__":{"format":"pt"},"none":${entry("F32", [0, 3], 0, 0)},"one":${entry("F32", [], 0, 4)}}`;
    const { tensors, metadata } = readSafetensors(fileOf(header, [0, 0, 0x80, 0x3f]));
    expect(metadata).toEqual(new Map([["format", "pt"]]));
    expect(tensors.get("none")!.shape).toEqual([0, 3]);
    expect(valuesOf(tensors.get("one")!)).toEqual(new Float32Array([1]));
    expect(readSafetensors(fileOf("{}")).tensors.size).toBe(0);
  });

  test("metadata that are null are none, as in the reference", () => {
    const header = `{"__metadata__":null,"x":${entry("U8", [1], 0, 1)}}`;
    const { tensors, metadata } = readSafetensors(fileOf(header, [3]));
    expect(metadata.size).toBe(0);
    expect([...tensors.keys()]).toEqual(["x"]);
  });

  test("tensors may stand in any order in the header", () => {
    const header = `{"b":${entry("U8", [1], 1, 2)},"a":${entry("U8", [1], 0, 1)}}`;
    const { tensors } = readSafetensors(fileOf(header, [10, 20]));
    expect([...tensors].map(([name, { bytes }]) => [name, bytes[0]])).toEqual([
      ["b", 20],
      ["a", 10],
    ]);
  });
});

describe("refuses a broken file", () => {
  const x = entry("F32", [1], 0, 4);
  const four = [0, 0, 0, 0];
  test.each([
    ["nothing", new Uint8Array(0), /it has 0 bytes, fewer than the 8/],
    ["half a length", new Uint8Array(7), /it has 7 bytes/],
    [
      "a huge header",
      fileOf("{}", [], 2n ** 63n),
      /claims 9223372036854775808 bytes, the format allows 100000000/,
    ],
    ["a header past the end", fileOf("{}", [], 100n), /claims 100 bytes, only 2 follow/],
    ["an empty header", fileOf(""), /does not begin with "\{"/],
    ["an array as header", fileOf("[]"), /does not begin with "\{"/],
    ["a space before the header", fileOf(" {}"), /does not begin with "\{"/],
    ["half a header", fileOf('{"x":'), /is not JSON/],
    ["NaN in the header", fileOf(`{"x":${x.replace("[0,4]", "[0,NaN]")}}`, four), /is not JSON/],
    ["a header not in UTF-8", fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)), /is not UTF-8/],
    ["a name twice", fileOf(`{"x":${x},"x":${x}}`, four), /the name "x" twice/],
    [
      "a name twice, once in escapes",
      fileOf(`{"x":${x},"\\u0078" :${x}}`, four),
      /the name "x" twice/,
    ],
    [
      "a field twice",
      fileOf(`{"x":${x.replace("}", ',"shape":[1]}')}}`, four),
      /the name "shape" twice/,
    ],
    ["no description", fileOf('{"x":null}'), /"x" has no description/],
    ["no dtype", fileOf('{"x":{}}'), /"x" has no dtype/],
    [
      "a dtype by prototype",
      fileOf(`{"x":${entry("toString", [1], 0, 4)}}`, four),
      /dtype "toString"/,
    ],
    [
      "a negative size",
      fileOf(`{"x":${entry("F32", [-1, -1], 0, 4)}}`, four),
      /has the shape \[-1,-1\]/,
    ],
    ["a broken size", fileOf(`{"x":${entry("F32", [0.5, 2], 0, 4)}}`, four), /has the shape/],
    [
      "a size beyond all",
      fileOf(`{"x":${entry("F32", [2 ** 40, 2 ** 40], 0, 4)}}`, four),
      /takes .* bytes/,
    ],
    [
      "three offsets",
      fileOf(`{"x":${x.replace("[0,4]", "[0,4,8]")}}`, four),
      /has the offsets \[0,4,8\]/,
    ],
    [
      "offsets that do not fit",
      fileOf(`{"x":${entry("F32", [2], 0, 4)}}`, four),
      /takes 8 bytes, its offsets 0 … 4 hold 4/,
    ],
    ["offsets backwards", fileOf(`{"x":${entry("F32", [1], 4, 0)}}`, four), /hold -4/],
    [
      "a gap",
      fileOf(`{"x":${entry("F32", [1], 4, 8)}}`, [...four, ...four]),
      /begins at byte 4, the one before ends at 0/,
    ],
    [
      "an overlap",
      fileOf(`{"x":${x},"y":${entry("F32", [1], 2, 6)}}`, Array(6).fill(0)),
      /begins at byte 2, the one before ends at 4/,
    ],
    [
      "truncated data",
      fileOf(`{"x":${x}}`, [0, 0, 0]),
      /take 4 bytes, after the header there are 3/,
    ],
    [
      "leftover data",
      fileOf(`{"x":${x}}`, [...four, 0]),
      /take 4 bytes, after the header there are 5/,
    ],
    ["metadata that is a list", fileOf('{"__metadata__":[]}'), /is no object/],
    [
      "metadata that is a number",
      fileOf('{"__metadata__":{"a":1}}'),
      /texts to texts, "a" is none/,
    ],
  ] as [string, Uint8Array, RegExp][])("%s", (_, bytes, message) => {
    const reading = (): unknown => readSafetensors(bytes, "model.safetensors");
    expect(reading).toThrow(RunError);
    expect(reading).toThrow(message);
  });

  test("the message names the file and a remedy", () => {
    expect(() => readSafetensors(new Uint8Array(3), "runs/a/checkpoint.safetensors")).toThrow(
      /^runs\/a\/checkpoint\.safetensors is no intact .* copy or download it again\.$/,
    );
  });

  test("a dtype that is valid but not read names those that are", () => {
    const file = fileOf(`{"x":${entry("F8_E4M3", [1], 0, 1)}}`, [0]);
    expect(() => readSafetensors(file)).toThrow(/dtype "F8_E4M3".* Convert .* BF16/);
  });

  test("a header of a million brackets", () => {
    const reading = (): unknown =>
      readSafetensors(fileOf(`{"x":${"[".repeat(1e6)}${"]".repeat(1e6)}}`));
    expect(reading).toThrow(RunError);
  });
});

describe("writing", () => {
  const tensors = new Map<string, StoredTensor>([
    ["weight", store([2, 3], new Float32Array([1, -2, 3.5, 0, NaN, Infinity]))],
    ["bytes", store([3], new Uint8Array([1, 2, 255]))],
    ["ids", store([2], new Int32Array([-1, 7]))],
    ["10", store([1], new BigInt64Array([-5n]))],
    ["moment", store([], new Float64Array([Math.PI]))],
    ["empty", store([4, 0], new Float32Array(0))],
    ['a "quoted" Ünicode 🐋', store([1], new Float32Array([9]))],
    ["__proto__", store([1], new Float32Array([8]))],
    ["flags", { dtype: "BOOL", shape: [2], bytes: Uint8Array.of(1, 0) }],
    ["half", { dtype: "BF16", shape: [1], bytes: Uint8Array.of(0x80, 0x3f) }],
  ]);
  const metadata = { step: "400", note: "line\nbreak" };

  test("what is read is what was written", () => {
    const again = readSafetensors(writeSafetensors(tensors, metadata));
    expect(new Set(again.tensors.keys())).toEqual(new Set(tensors.keys()));
    for (const [name, tensor] of tensors) {
      expect(again.tensors.get(name)!.dtype).toBe(tensor.dtype);
      expect(again.tensors.get(name)!.shape).toEqual(tensor.shape);
      expect(valuesOf(again.tensors.get(name)!)).toEqual(valuesOf(tensor));
    }
    expect(Object.fromEntries(again.metadata)).toEqual(metadata);
  });

  test("the bytes do not depend on the order of the tensors or of the metadata", () => {
    const backwards = new Map([...tensors].reverse());
    const { note, step } = metadata;
    expect(writeSafetensors(backwards, { note, step })).toEqual(
      writeSafetensors(tensors, metadata),
    );
  });

  test("dtypes follow the order of the reference writer (safetensors 0.8.0, Python)", () => {
    const one = (dtype: StoredDtype, size: number): StoredTensor => ({
      dtype,
      shape: [1],
      bytes: new Uint8Array(size),
    });
    const order: [StoredDtype, number][] = [
      ["I64", 8],
      ["F64", 8],
      ["F32", 4],
      ["I32", 4],
      ["BF16", 2],
      ["F16", 2],
      ["U8", 1],
      ["BOOL", 1],
    ];
    const given = order.map(([dtype, size], i) => [`t${i % 3}${i}`, one(dtype, size)] as const);
    const file = readSafetensors(writeSafetensors(new Map([...given].reverse())));
    expect([...file.tensors.values()].map(({ dtype }) => dtype)).toEqual(order.map(([d]) => d));
  });

  test("exactly these bytes: wide dtypes first, then by name, header padded to 8", () => {
    const file = writeSafetensors(
      new Map([
        ["b", store([1], new Uint8Array([7]))],
        ["c", store([1], new Float32Array([1]))],
        ["a", store([1], new Uint8Array([6]))],
      ]),
    );
    const header = `{"c":${entry("F32", [1], 0, 4)},"a":${entry("U8", [1], 4, 5)},"b":${entry("U8", [1], 5, 6)}}`;
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(file).toEqual(fileOf(padded, [0, 0, 0x80, 0x3f, 6, 7]));
  });

  // In UTF-16, 😀 (D83D DE00) comes before the private U+E000 and the wide letter U+FF41.
  const unsorted = [
    "\u{1f600}",
    "\uff41",
    "\ue000",
    "\u{1f600}a",
    "a",
    "ab",
    "Z",
    "\ud7ff",
    "é",
    "",
  ];

  test("names are sorted by their bytes, as the reference writer sorts them", () => {
    const one = store([1], new Uint8Array(1));
    const file = readSafetensors(writeSafetensors(new Map(unsorted.map((name) => [name, one]))));
    const byBytes = unsorted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...file.tensors.keys()]).toEqual(byBytes);
    expect(byBytes).not.toEqual(unsorted.toSorted());
  });

  test("the bytes of the reference writer, for such names", () => {
    const one = store([1], new Uint8Array(1));
    const file = writeSafetensors(new Map(unsorted.map((name) => [name, one])));
    expect(createHash("sha256").update(file).digest("hex")).toBe(byReference);
  });

  test.each(["\ud83d", "a\udc00b"])("a name with half a surrogate pair is refused: %j", (name) => {
    expect(() => writeSafetensors(new Map([[name, store([1], new Uint8Array(1))]]))).toThrow(
      /has half of a surrogate pair and no UTF-8\. Rename it/,
    );
  });

  test("tensors of a written file can be used in place", () => {
    const file = writeSafetensors(tensors);
    const { buffer } = valuesOf(readSafetensors(file).tensors.get("weight")!);
    expect(buffer).toBe(file.buffer);
  });

  test("float32Of rounds wider numbers once and widens narrower ones exactly", () => {
    expect([...float32Of(store([1], new Float64Array([0.1])))]).toEqual([Math.fround(0.1)]);
    expect([...float32Of(store([2], new BigInt64Array([3n, -4n])))]).toEqual([3, -4]);
    expect([...float32Of(tensors.get("half")!)]).toEqual([1]);
  });

  test("a view into a larger array stores its own part", () => {
    const part = new Float32Array([0, 1, 2, 3]).subarray(1, 3);
    const again = readSafetensors(writeSafetensors(new Map([["part", store([2], part)]])));
    expect([...valuesOf(again.tensors.get("part")!)]).toEqual([1, 2]);
  });

  test("refuses values that do not fill the shape, and the reserved name", () => {
    expect(() => store([2, 2], new Float32Array(3))).toThrow(InputError);
    expect(() => store([2, 2], new Float32Array(3))).toThrow(
      /shape \[2, 2\] holds 4 values, got 3/,
    );
    const short: StoredTensor = { dtype: "F32", shape: [2], bytes: new Uint8Array(4) };
    expect(() => writeSafetensors(new Map([["w", short]]))).toThrow(
      /"w" of shape \[2\] in F32 takes 8/,
    );
    const one = store([1], new Float32Array(1));
    expect(() => writeSafetensors(new Map([["__metadata__", one]]))).toThrow(/is reserved/);
  });
});

test("1,000 damaged files give a file or a RunError", () => {
  const values = random(1, "fuzz");
  const whole = writeSafetensors(
    new Map([
      ["embedding.weight", store([8, 4], values.normalArray(32))],
      ["step", store([1], new Int32Array([12]))],
      ["flags", store([5], new Uint8Array(5))],
    ]),
    { format: "relpos" },
  );
  const headerLength = Number(new DataView(whole.buffer).getBigUint64(0, true));
  let refused = 0;
  for (let round = 0; round < 1000; round++) {
    const damaged = whole.slice(0, round % 2 === 0 ? values.integer(whole.length) : whole.length);
    for (let flips = round % 2 === 0 ? 0 : 1 + values.integer(3); flips > 0; flips--) {
      // The header and its length, where damage matters to the reader.
      damaged[values.integer(8 + headerLength)]! ^= 1 << values.integer(8);
    }
    try {
      for (const tensor of readSafetensors(damaged).tensors.values()) valuesOf(tensor);
    } catch (error) {
      expect(error).toBeInstanceOf(RunError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(500); // every truncation, and most flips
  expect(refused).toBeLessThan(1000); // a flipped letter in a name still makes a file
});
