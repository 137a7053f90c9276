/**
 * One order for options, so that equal ones are written alike: a run with `t5(buckets=16,maxDistance=64)` is the run
 * with the two in the other order.
 *
 * @module
 */

/** Options in the order of their names; those of objects within them by name, but for the type, which comes first. */
export function orderedOptions(
  options: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const place = (name: string): number =>
    names.includes(name) ? names.indexOf(name) : names.length;
  const entries = Object.entries(options).sort(
    ([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, orderedValue(value)]));
}

function orderedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(orderedValue);
  if (typeof value !== "object" || value === null) return value;
  return orderedOptions(value as Readonly<Record<string, unknown>>, ["type"]);
}
