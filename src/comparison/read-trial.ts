/**
 * The schemas of a trial's record, in both versions of results.json. Version 1 had the value of each measure beside
 * the place of an evaluation, and the items of a text under `windows`; it is read as version 2.
 *
 * @module
 */
import { z } from "zod";
import { columnsOf } from "../measures/measure.ts";
import type { Column, Items } from "../measures/items.ts";
import type { Measure, Measures } from "../measures/measure.ts";
import type { Kind, Protocol } from "./kinds/kind.ts";
import {
  count,
  either,
  list,
  measurement,
  number,
  object,
  oneOf,
  optional,
  text,
  upTo,
} from "./schemas.ts";
import type {
  Evaluation,
  Measured,
  Place,
  ScorePicture,
  Trial,
  Unsupported,
} from "./trial-record.ts";

/** The versions of results.json that can be read. */
export type Version = 1 | 2;

/** The fields that say where an evaluation or a comparison belongs. */
export function placeFields(protocols: readonly Protocol[]): {
  readonly length: z.ZodType<number>;
  readonly protocol: z.ZodType<string>;
} {
  return { length: count, protocol: oneOf(...protocols.map(({ id }) => id)) };
}

/** How the models of some results are judged. */
export interface JudgedBy extends Pick<Kind, "itemsInVersion1"> {
  readonly protocols: readonly Protocol[];
  readonly measures: Measures;
}

/** The schema of a trial whose model is judged so. */
export function trialSchema(by: JudgedBy, version: Version): z.ZodType<Trial> {
  const { protocols } = by;
  const unmeasured: z.ZodType<Place & Unsupported> = object({
    ...placeFields(protocols),
    unsupported: text,
  });
  const measured = version === 1 ? measured1(by) : measured2(by);
  const shared = {
    encoding: text,
    seed: number,
    parameters: count,
    secondsPerStep: measurement,
    peakMemoryBytes: measurement,
    trainingLoss: list(object({ step: number, loss: measurement })),
    evaluations: list<Evaluation>(either("unsupported", unmeasured, measured), 1),
    scorePicture: optional(picture),
  };
  if (version === 2) return object({ ...shared, lossByPosition: optional(list(measurement)) });
  const losses = z.exactOptional(
    either("unsupported", object({ unsupported: text }), list(measurement)),
  );
  return object({ ...shared, lossByPosition: losses }).transform(
    ({ lossByPosition, ...trial }): Trial =>
      Array.isArray(lossByPosition) ? { ...trial, lossByPosition } : trial,
  );
}

/** Queries and keys of a picture; relpos draws 48. */
const largestPicture = 512;

const picture: z.ZodType<ScorePicture> = object({
  size: upTo(largestPicture),
  values: list(measurement),
  caption: text,
});

function measured2({ measures, protocols }: JudgedBy): z.ZodType<Measured> {
  const first = measures[0].contributes;
  // Only what encodings are ranked by must be there: records of version 1 have no other items.
  const columns = Object.entries(columnsOf(measures)).map(
    ([name, column]) =>
      [name, name in first ? itemsOf(column) : optional(itemsOf(column))] as const,
  );
  return object({
    ...placeFields(protocols),
    values: object(valueFields(measures)),
    tokens: count,
    items: object(Object.fromEntries(columns)),
  });
}

function measured1({ measures, protocols, itemsInVersion1: under }: JudgedBy): z.ZodType<Measured> {
  const columns = Object.entries(measures[0].contributes);
  const itemFields = Object.fromEntries(columns.map(([name, column]) => [name, itemsOf(column)]));
  return object({
    ...placeFields(protocols),
    ...valueFields(measures),
    tokens: count,
    ...(under === undefined ? itemFields : { [under]: object(itemFields) }),
  }).transform((entry): Measured => {
    const { length, protocol, tokens } = entry;
    const fields = entry as unknown as Readonly<Record<string, unknown>>;
    const items = (under === undefined ? fields : fields[under]) as Items;
    return {
      ...{ length, protocol, tokens },
      values: Object.fromEntries(measures.map(({ id }) => [id, fields[id] as number])),
      items: Object.fromEntries(columns.map(([name]) => [name, items[name]!])),
    };
  });
}

/** A field for the value of each measure. */
function valueFields(measures: readonly Measure[]): Readonly<Record<string, z.ZodType<number>>> {
  return Object.fromEntries(
    measures.map(({ id, range: [least, most] }) => [
      id,
      most < Infinity
        ? z
            .number(within(least, most))
            .min(least, within(least, most))
            .max(most, within(least, most))
        : measurement,
    ]),
  );
}

function within(least: number, most: number): string {
  return `a number from ${least} to ${most}`;
}

function itemsOf({ values }: Column): z.ZodType<number[]> {
  const item = {
    number: measurement,
    count: number,
    "zero or one": z.literal([0, 1], "0 or 1"),
  }[values];
  return list<number>(item, 1);
}
