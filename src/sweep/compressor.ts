/**
 * The general compressor that text models are held against, as Node has it.
 *
 * @module
 */
// Not by name: Node before 22.15 lacks some of them, and could not even say that it is too old.
import zlib from "node:zlib";
import type { Compressor } from "../comparison/yardstick.ts";

const level = 19;
/** Log2 of the bytes that it looks back over: more than is ever compressed. */
const windowLog = 24;

/**
 * Zstandard at its highest ordinary level. Brotli takes three times as long, compresses a book no better, and comes with
 * a dictionary of English words.
 */
export const zstandard: Compressor = {
  id: "zstd",
  name: `Zstandard, level ${level}`,
  size: (data) =>
    zlib.zstdCompressSync(data, {
      params: {
        [zlib.constants.ZSTD_c_compressionLevel]: level,
        [zlib.constants.ZSTD_c_windowLog]: windowLog,
      },
    }).length,
};
