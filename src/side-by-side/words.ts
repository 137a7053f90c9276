/**
 * What models side by side show, in sentences: for the terminal and for the page.
 *
 * @module
 */
import { listed, signed } from "../format.ts";
import type { MeasuredSide } from "./charts.ts";
import type { SideBySide } from "./result.ts";

/** Which model is lowest at each length, in sliding windows, and which are not shown to be higher. */
export function standingLines({ losses, lengths }: SideBySide): readonly string[] {
  return lengths.flatMap((length) => {
    const here = losses.filter(
      (loss): loss is MeasuredSide =>
        "nats" in loss && loss.length === length && loss.protocol === "sliding",
    );
    const lowest = here.find(({ standing }) => standing === "lowest");
    if (lowest === undefined || here.length < 2) return [];
    const level = here.filter(({ standing }) => standing === "level").map(({ model }) => model);
    const higher = here.filter(({ standing }) => standing === "higher");
    const parts = [
      `At ${length} tokens, ${lowest.model} has the lowest perplexity, ${lowest.perplexity.toPrecision(4)}`,
      ...(level.length === 0 ? [] : [`${listed(level)} not shown to be higher`]),
      ...(higher.length === 0
        ? []
        : [
            `nats a token above it: ${listed(higher.map(({ model, difference }) => `${model} ${signed(difference.mean)}`))}`,
          ]),
    ];
    return [`${parts.join("; ")}.`];
  });
}

/** Where models break, and which do not. */
export function breakLines({ positions }: SideBySide): readonly string[] {
  const ran = positions.filter(({ length }) => length > 0);
  const broken = ran.filter(({ breaksAt }) => breaksAt !== undefined);
  const whole = ran.filter(({ breaksAt }) => breaksAt === undefined);
  const never = positions.filter(({ length }) => length === 0);
  const names = (list: readonly { readonly model: string }[]): string =>
    listed(list.map(({ model }) => model));
  const furthest = Math.max(...whole.map(({ length }) => length));
  return [
    ...broken.map(({ model, breaksAt }) => `${model} breaks at position ${breaksAt}.`),
    ...(whole.length === 0
      ? []
      : [`${names(whole)} ${whole.length === 1 ? "does" : "do"} not break up to ${furthest}.`]),
    ...(never.length === 0
      ? []
      : [`${names(never)} ${never.length === 1 ? "runs" : "run"} at none of the lengths.`]),
  ];
}

/** How it was measured. */
export function methodLines({ text, pieces }: SideBySide): readonly string[] {
  return [
    `The same tokens are predicted by all models and at all lengths: ${text}.`,
    `Windows do not overlap: a token has half a window before it on average. Sliding windows predict their second half only: a token ` +
      `has half a window before it at least.`,
    `Models are compared over the same ${pieces} pieces of the text. Intervals are 95 %, of differences for all pairs of a length together; ` +
      `they say what other pieces of such a text would give with these models, not what other trainings would.`,
    `A model breaks at the first position from which on perplexity stays 1.1 times the lowest of earlier positions, or more, in the ` +
      `longest windows.`,
  ];
}
