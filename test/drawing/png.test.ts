import { crc32, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { pngBytes, pngDataUri } from "../../src/drawing/png.ts";

const palette = [
  [0, 0, 0],
  [255, 0, 0],
  [0, 0, 255],
] as const;

/** Chunks by name; checks each checksum on the way. */
function chunks(bytes: Uint8Array): Map<string, Buffer> {
  const file = Buffer.from(bytes);
  const found = new Map<string, Buffer>();
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    expect(file.readUInt32BE(end)).toBe(crc32(file.subarray(at + 4, end)));
    found.set(file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, end));
    at = end + 4;
  }
  return found;
}

describe("pngBytes", () => {
  test("holds the pixels, readable by zlib", () => {
    const found = chunks(
      pngBytes({ width: 2, height: 2, pixels: Uint8Array.of(0, 1, 2, 1), palette }),
    );
    expect([...found.keys()]).toEqual(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
    expect([...inflateSync(found.get("IDAT")!)]).toEqual([0, 0, 1, 0, 2, 1]);
    expect([...found.get("PLTE")!]).toEqual(palette.flat());
  });

  test("spans more than one stored block", () => {
    const pixels = Uint8Array.from({ length: 300 * 300 }, (_, i) => i % 3);
    const data = chunks(pngBytes({ width: 300, height: 300, pixels, palette })).get("IDAT")!;
    expect(inflateSync(data)).toHaveLength(301 * 300);
  });

  test("refuses pixels that do not fill the image", () => {
    expect(() => pngDataUri({ width: 2, height: 2, pixels: new Uint8Array(3), palette })).toThrow(
      "2 x 2 needs 4 pixels, got 3",
    );
  });
});
