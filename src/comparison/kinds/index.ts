/**
 * The kinds of comparison. This table is the only place that lists them.
 *
 * @module
 */
import type { Kind } from "./kind.ts";
import { pairsKind } from "./pairs.ts";
import type { PairsSettings } from "./pairs-settings.ts";
import type { PairsSubject } from "./pairs-subject.ts";
import { taskKind } from "./task.ts";
import type { TaskSettings } from "./task-settings.ts";
import type { TaskSubject } from "./task-subject.ts";
import { textKind } from "./text.ts";
import type { TextSettings } from "./text-settings.ts";
import type { TextSubject } from "./text-subject.ts";

/** Everything that decides the numbers of a comparison. */
export type ComparisonSettings = TextSettings | TaskSettings | PairsSettings;

/** What models are compared on. */
export type Subject = TextSubject | TaskSubject | PairsSubject;

/** The kinds, the default first. */
export const kinds: readonly [Kind, ...Kind[]] = [textKind, taskKind, pairsKind];

/** The kind of settings, choices or a configuration; the default where they show none. */
export function kindOf(given: object): Kind {
  return kinds.find(({ key }) => key in given) ?? kinds[0];
}
