/**
 * The range of float32, the type of all numbers that a device computes with.
 *
 * @module
 */

/** The largest finite float32, (2 − 2⁻²³) · 2¹²⁷. */
export const largestFloat32: number = (2 - 2 ** -23) * 2 ** 127;

/** The smallest normal float32, 2⁻¹²⁶; smaller numbers are flushed to 0 in Node. */
export const smallestFloat32: number = 2 ** -126;

/** The first whole number to which float32 cannot add 1: it counts exactly up to here. */
export const lastCountFloat32: number = 2 ** 24;
