/**
 * Words that needles name and lists repeat: short, common, and no two alike at the beginning.
 *
 * @module
 */

/** Nouns. */
export const nouns: readonly string[] = (
  "apple anchor arrow bridge bottle button candle castle circle dragon desert engine eagle falcon forest " +
  "garden glove hammer harbor island jacket jungle kettle ladder lantern marble meadow mirror needle novel ocean " +
  "orange paper pencil piano planet quilt rabbit ribbon river saddle shadow silver spider stone sugar temple " +
  "thunder ticket tower turtle umbrella valley velvet violin wagon walnut window winter yellow zebra"
).split(" ");

/** Adjectives. */
export const adjectives: readonly string[] = (
  "able brave calm clever cold dark eager fair fancy gentle grand happy humble idle jolly kind large light lucky " +
  "merry mild modern narrow neat odd plain proud quick quiet rapid rough sharp shy silent slow smooth soft strange " +
  "sweet tall tiny warm wide wild wise young"
).split(" ");
