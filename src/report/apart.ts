/**
 * The way to `drawing/label-places.ts` for files that still name it here.
 *
 * @module
 */
export { apart, labelHeight } from "../drawing/label-places.ts";
