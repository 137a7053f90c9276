/**
 * Claims about the results, and what became of them, in words.
 *
 * @module
 */
import { reciprocalRanks } from "../../reproduce/claims.ts";
import type { Judged, Records } from "../../reproduce/claims.ts";
import { measureNamed } from "../../reproduce/experiment.ts";
import type { Claim, Place, Row } from "../../reproduce/experiment.ts";
import { between, decimal, listed, signed } from "../../src/format.ts";
import { mean } from "../../src/measures/estimate.ts";
import { table } from "./markdown.ts";

/** What was found instead where a claim was contradicted, and what is open. */
export function findings(judged: readonly Judged[]): string {
  const contradicted = judged.filter(({ outcome }) => outcome === "contradicted");
  return contradicted
    .map(({ claim, mean: difference, interval }) => {
      const range = interval
        ? `, from ${between({ low: -interval.high, high: -interval.low })}`
        : "";
      return claim.kind === "holds"
        ? ` Found instead: ${code(claim.encoding)} does not hold (${signed(difference!)}${range.replace(/from .*/, `from ${between(interval!)}`)}).`
        : ` Found instead: ${code(claim.worse)} is better than ${code(claim.better)} (by ${signed(-difference!)}${range}).`;
    })
    .join("");
}

/** A line for each claim. */
export function claimTable(row: Row, judged: readonly Judged[]): string {
  return table(
    ["Claim", "Measure", "Difference", "95 %, all together", "Outcome"],
    judged.map(({ claim, outcome, mean: difference, interval, reason }) => [
      claimWords(claim, row),
      claim.kind === "rank" ? `mean reciprocal rank by ${claim.measure}` : claim.measure,
      difference === undefined ? "–" : signed(difference),
      interval ? between(interval) : "–",
      reason === undefined ? outcome : `${outcome}: ${reason}`,
    ]),
  );
}

function claimWords(claim: Claim, { experiments }: Row): string {
  if (claim.kind === "holds") {
    const allowance =
      claim.within === 0
        ? ""
        : "relative" in measureNamed(claim.measure).tolerance
          ? `, within ${100 * claim.within} %`
          : `, within ${decimal(claim.within)}`;
    return `${code(claim.encoding)} holds from ${placeWords(claim.from)} to ${placeWords(claim.to)}${allowance}`;
  }
  const of = [...new Set(claim.at.map(({ experiment }) => experiment))];
  const where = experiments.length > 1 && of.length === 1 ? `, ${of[0]!}` : "";
  const places =
    claim.at.length <= 2 ? listed(claim.at.map(placeWords)) : `${claim.at.length} places`;
  const verb = claim.kind === "rank" ? "ranks above" : "is better than";
  return `${code(claim.better)} ${verb} ${code(claim.worse)} at ${places}${where}`;
}

function placeWords({ length, protocol }: Place): string {
  return protocol ? `${length} ${protocol}` : String(length);
}

/** The order in which a row's claims about ranks find their encodings, whatever the intervals say of it. */
export function rankingHere({ claims }: Row, records: Records): string[] {
  const claim = claims.find((one) => one.kind === "rank");
  if (claim === undefined || !claim.at.every(({ experiment }) => records.has(experiment)))
    return [];
  const { among, at, measure } = claim;
  const ranks = at.map((place) => reciprocalRanks(records, among, place, measure));
  const means = among.map((id) => ({ id, rank: mean(ranks.flatMap((each) => each.get(id)!)) }));
  const ordered = means.toSorted((a, b) => b.rank - a.rank);
  return [
    `The means here, which the intervals do not order but where a claim is shown: ` +
      `${listed(ordered.map(({ id, rank }) => `${code(id)} ${rank.toFixed(2)}`))}.\n`,
  ];
}

/** As code in the page. */
export function code(text: string): string {
  return `\`${text}\``;
}
