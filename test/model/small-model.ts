/**
 * The small model of the contract, which other tests use too.
 *
 * @module
 */
export * from "../../src/contract/small-model.ts";
