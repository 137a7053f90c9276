/**
 * The model that far positions are checked with.
 *
 * @module
 */
import type { LanguageModel } from "../model/transformer.ts";
import type { Subject } from "./check.ts";

/** Where a table needs rows for its positions, it gets this many. */
const tableRows = 1007;

/** The checked model; with a table long enough for far positions, where the encoding has one and its options permit it. */
export function modelOfFarPositions({ model, make }: Subject): LanguageModel {
  if (!model.encoding.limit) return model;
  try {
    return make({ trainLength: tableRows });
  } catch (error) {
    // An option fixes the table's length.
    if (error instanceof RangeError) return model;
    throw error;
  }
}
