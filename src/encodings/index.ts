/**
 * The list of encodings. A new one is its file, its line here and its golden file.
 *
 * @module
 */
import { nearestName } from "../errors.ts";
import { shortened } from "../format.ts";
import { abacus } from "./abacus.ts";
import { alibi } from "./alibi.ts";
import { axialRope } from "./axial-rope.ts";
import { bam } from "./bam.ts";
import { bertRelativeKeyQuery } from "./bert-relative-key-query.ts";
import { bertRelativeKey } from "./bert-relative-key.ts";
import { clippedRope } from "./clipped-rope.ts";
import { cope } from "./cope.ts";
import { dapeV2 } from "./dape-v2.ts";
import { dape } from "./dape.ts";
import { deberta } from "./deberta.ts";
import { distanceRow } from "./distance-row.ts";
import { dynamicPositionBias } from "./dynamic-position-bias.ts";
import { readEncoding } from "./compose/expression.ts";
import { remappedMethods } from "./extension/remapped-methods.ts";
import { fire } from "./fire.ts";
import { fope } from "./fope.ts";
import { fox } from "./fox.ts";
import { grapeAp } from "./grape-ap.ts";
import { kerpleLog } from "./kerple-log.ts";
import { kerplePower } from "./kerple-power.ts";
import { learned } from "./learned.ts";
import { lerope } from "./lerope.ts";
import { logCpb } from "./log-cpb.ts";
import { logN } from "./log-n.ts";
import { mRope } from "./m-rope.ts";
import { musicTransformer } from "./music-transformer.ts";
import { none } from "./none.ts";
import { nopeRopeInterleave } from "./nope-rope-interleave.ts";
import { pRope } from "./p-rope.ts";
import { path } from "./path.ts";
import { pope } from "./pope.ts";
import type { EncodingDefinition } from "./position-encoding.ts";
import { queryTemperature } from "./query-temperature.ts";
import { randomOffset } from "./random-offset.ts";
import { randomized } from "./randomized.ts";
import { relProj } from "./rel-proj.ts";
import { retentionDecay } from "./retention-decay.ts";
import { rope } from "./rope.ts";
import { sandwich } from "./sandwich.ts";
import { scalableSoftmax } from "./scalable-softmax.ts";
import { selectiveRope } from "./selective-rope.ts";
import { shaw } from "./shaw.ts";
import { sinusoidal } from "./sinusoidal.ts";
import { t5 } from "./t5.ts";
import { transformerXl } from "./transformer-xl.ts";
import { tupe } from "./tupe.ts";
import { valueRope } from "./value-rope.ts";
import { windowTable } from "./window-table.ts";
import { xlnet } from "./xlnet.ts";
import { xpos } from "./xpos.ts";

/** Every encoding, in the order of lists and reports. */
export const encodings: readonly EncodingDefinition[] = [
  none,
  sinusoidal,
  learned,
  distanceRow,
  abacus,
  randomOffset(encodingById),
  randomized(encodingById),
  alibi,
  t5,
  kerpleLog,
  kerplePower,
  sandwich,
  fire,
  dynamicPositionBias,
  logCpb,
  windowTable,
  tupe,
  retentionDecay,
  bam,
  shaw,
  musicTransformer,
  transformerXl,
  xlnet,
  bertRelativeKey,
  bertRelativeKeyQuery,
  deberta,
  cope,
  dape(encodingById),
  dapeV2(encodingById),
  fox,
  grapeAp,
  path,
  selectiveRope,
  relProj,
  rope,
  pRope,
  clippedRope,
  valueRope,
  xpos,
  axialRope,
  mRope,
  pope,
  lerope,
  fope,
  logN,
  queryTemperature,
  scalableSoftmax,
  nopeRopeInterleave,
];

/**
 * The definition with that id, or of a composition written as in expression.ts.
 *
 * @throws {RangeError} the id is unknown (the message suggests the nearest), or the expression cannot be read
 */
export function encodingById(id: string): EncodingDefinition {
  const definition = [...encodings, ...remappedMethods].find((candidate) => candidate.id === id);
  if (definition !== undefined) return definition;
  if (/[+()]/.test(id)) return readEncoding(id, encodingById);
  const known = encodings.map((candidate) => candidate.id);
  const nearest = nearestName(id, known);
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  throw new RangeError(
    `encoding "${shortened(id, 200)}" is unknown.${hint} Known: ${known.join(", ")}.`,
  );
}
