/**
 * The way to `runs/interrupt.ts` for commands that still name it here.
 *
 * @module
 */
export { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
