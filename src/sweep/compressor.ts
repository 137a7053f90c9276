/**
 * The general compressor that text models are held against, as Node has it.
 *
 * @module
 */
import { constants, zstdCompressSync } from "node:zlib";
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
    zstdCompressSync(data, {
      params: {
        [constants.ZSTD_c_compressionLevel]: level,
        [constants.ZSTD_c_windowLog]: windowLog,
      },
    }).length,
};
