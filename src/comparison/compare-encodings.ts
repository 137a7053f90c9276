/**
 * From trials to a ranking of encodings.
 *
 * With two seeds or more the samples are seeds, paired by seed, and the data are taken as given. With one seed the
 * samples are the items of the measure, such as windows of text, and the initialisation is taken as given. `over`
 * says which. The ranking itself is described in `ranking.ts`.
 *
 * @module
 */
import { kindOf } from "./kinds/index.ts";
import type { Compared } from "./ranked.ts";
import { rank } from "./ranking.ts";
import type { Configuration } from "./results.ts";
import type { Trial } from "./trial-record.ts";

/** One row for each encoding, length and protocol that was tried, in that nesting, protocol outermost. */
export function compareEncodings(
  configuration: Configuration,
  trials: readonly Trial[],
): readonly Compared[] {
  const kind = kindOf(configuration);
  const protocols = kind.protocols(configuration).map(({ id }) => id);
  return rank({ configuration, protocols, trials, measure: kind.measures(configuration)[0] });
}
