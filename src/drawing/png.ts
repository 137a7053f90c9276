/**
 * A PNG with a palette, as a data URI. The pixels are stored, not compressed: a heat map of 48 x 48 is 2 kB,
 * and the file needs no library.
 *
 * PNG specification, third edition: https://www.w3.org/TR/png-3/
 *
 * @module
 */

/** Pixels and their colours. */
export interface PalettedImage {
  readonly width: number;
  readonly height: number;
  /** Row by row, indices into the palette. Index 0 is transparent. */
  readonly pixels: Uint8Array;
  /** At most 256 colours. */
  readonly palette: readonly (readonly [red: number, green: number, blue: number])[];
}

/** The file as a data URI. */
export function pngDataUri(image: PalettedImage): string {
  const bytes = pngBytes(image);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(text)}`;
}

/**
 * The bytes of the file.
 *
 * @throws {RangeError} the pixels do not fill the image, or the palette is too large
 */
export function pngBytes({ width, height, pixels, palette }: PalettedImage): Uint8Array {
  if (pixels.length !== width * height)
    throw new RangeError(
      `png: ${width} x ${height} needs ${width * height} pixels, got ${pixels.length}. ` +
        `Pass the image row by row.`,
    );
  if (palette.length > 256)
    throw new RangeError(
      `png: a palette holds 256 colours, got ${palette.length}. Use fewer steps.`,
    );
  const rows = new Uint8Array((width + 1) * height); // each row begins with its filter: none
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const eightBitPalette = [8, 3, 0, 0, 0];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", [...big32(width), ...big32(height), ...eightBitPalette]),
    ...chunk("PLTE", palette.flat()),
    ...chunk("tRNS", [0]),
    ...chunk("IDAT", stored(rows)),
    ...chunk("IEND", []),
  ]);
}

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...type].map((letter) => letter.charCodeAt(0)).concat(data);
  return [...big32(data.length), ...body, ...big32(crc32(body))];
}

/** A zlib stream of stored blocks (RFC 1950 and 1951). */
function stored(data: Uint8Array): number[] {
  const out = [0x78, 0x01];
  const most = 65_535;
  for (let start = 0; start < data.length; start += most) {
    const block = data.subarray(start, start + most);
    const last = start + most >= data.length ? 1 : 0;
    const { length } = block;
    out.push(last, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255, ...block);
  }
  return [...out, ...big32(adler32(data))];
}

function big32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function crc32(bytes: readonly number[]): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}
