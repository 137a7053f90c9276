/**
 * The way to `src/format.ts` for files that still name it here.
 *
 * @module
 */
export * from "../format.ts";
