/**
 * The section of `docs/choose.md` on speed, from `docs/encodings/costs.json`.
 *
 * @module
 */
import { listed } from "../../src/format.ts";
import { costLimit } from "./cost-reasons.ts";
import { times } from "./encoding-page.ts";
import { list } from "./markdown.ts";
import type { Cost, Costs } from "./measured.ts";

const measurements: readonly (readonly [name: string, words: string])[] = [
  ["train 512", "A training step at 512 tokens"],
  ["train 4096", "A training step at 4,096 tokens"],
  ["decode 4096", "A decoded token after 4,096"],
];

/** The section. */
export function costSection(costs: Costs): string {
  return [
    `## Speed\n`,
    `Time beside \`none\`, medians of ${costs.rounds} or more rounds in which both take turns; ${costs.machine}. ` +
      `"As fast as \`none\`" means that the median is within the range that \`none\` has beside itself. ` +
      `[All costs](encodings.md#cost), with memory and the reasons of the slow ones.\n`,
    ...measurements.map(([name, words]) => measurement(costs, name, words)),
  ].join("\n");
}

/** The encodings of one measurement in three classes. */
export function costClasses(
  { costs }: Costs,
  name: string,
): Readonly<Record<"level" | "slower" | "slow", readonly (readonly [id: string, cost: Cost])[]>> {
  const measured = Object.entries(costs).flatMap(([id, own]): [string, Cost][] => {
    const cost = own[name];
    return cost && !("failed" in cost) && id !== "none" && !/[+(]/.test(id) ? [[id, cost]] : [];
  });
  const none = costs["none"]?.[name];
  const noise = none && !("failed" in none) ? none.times[2] : 1;
  const sorted = measured.toSorted(([, a], [, b]) => a.times[0] - b.times[0]);
  const isLevel = ([, cost]: readonly [string, Cost]): boolean => cost.times[0] <= noise;
  const rest = sorted.filter((one) => !isLevel(one));
  return {
    level: sorted.filter(isLevel),
    slower: rest.filter(([, cost]) => cost.times[0] <= costLimit),
    slow: rest.filter(([, cost]) => cost.times[0] > costLimit),
  };
}

function measurement(costs: Costs, name: string, words: string): string {
  const { level, slower, slow } = costClasses(costs, name);
  const withTimes = (members: readonly (readonly [string, Cost])[]): string =>
    listed(
      members.map(
        ([
          id,
          {
            times: [middle, low, high],
          },
        ]) => `\`${id}\` ${times(middle)} (${times(low)} to ${times(high)})`,
      ),
    ) || "none";
  return [
    `**${words}.**\n`,
    list([
      `As fast as \`none\`: ${listed(level.map(([id]) => `\`${id}\``)) || "none"}.`,
      `Slower, by up to ${times(costLimit)}: ${withTimes(slower)}.`,
      `Slower than that: ${withTimes(slow)}.`,
    ]),
  ].join("\n");
}
