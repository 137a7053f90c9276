/**
 * A run that was trained here with rope, as a run with another encoding.
 *
 * @module
 */
import { nameOf } from "../encodings/compose/composition.ts";
import { readChoice } from "../encodings/compose/expression.ts";
import { encodingById } from "../encodings/index.ts";
import { rope } from "../encodings/rope.ts";
import { asInputError, InputError } from "../errors.ts";
import { languageModel } from "../model/transformer.ts";
import { encodingLengthOf } from "../runs/open-run.ts";
import type { OpenedRun } from "../runs/open-run.ts";
import type { ModelRun } from "../runs/run-document.ts";
import { appliedTwice, pairsOf, unscaledRope } from "./extend-request.ts";
import type { ExtendedModel, RequestAt } from "./extend-request.ts";

/**
 * Extends a run. What it records keeps the encoding of before among its changes, so that its checkpoint stays its own.
 *
 * @throws {InputError} it has another encoding than rope, was extended before, or was trained at another length
 */
export function extendRun(
  { folder, configuration, model }: OpenedRun,
  originalLength: number | undefined,
  requestAt: RequestAt,
): ExtendedModel {
  const { trainLength, encoding, changes = [] } = configuration;
  if (originalLength !== undefined && originalLength !== trainLength)
    throw new InputError(
      `extend: ${folder} was trained at length ${trainLength}, and originalLength is ${originalLength}. Leave it out.`,
    );
  const request = requestAt(trainLength);
  const { method, settings, factor, length, textLength } = request;
  const before = changes.find(({ name }) => name === encodingName);
  if (before !== undefined) throw appliedTwice(folder, encoding.id);
  const { definition, options } = encoding.file
    ? { definition: { id: encoding.id } }
    : readChoice(encoding.id, encodingById);
  if (definition.id !== rope.id || encoding.file)
    throw new InputError(
      `extend: ${method.id} changes rotary positions, and ${folder} was trained with ${encoding.id}. ` +
        `Give a run that was trained with rope.`,
    );
  const trained = unscaledRope(options, folder);
  const choice = asInputError(() =>
    method.extend(trained, { factor, length, textLength }, settings),
  );
  const { config } = model;
  const written = choice.options === undefined ? choice.definition.id : nameOf(choice);
  // In the form that every text of this encoding comes to.
  const { id } = encodingById(written);
  const now: ModelRun = {
    ...configuration,
    encoding: { id },
    changes: [...changes, { name: encodingName, before: encoding.id, now: id }],
  };
  return {
    ...{ request, readBy: "relpos" },
    model: asInputError(() =>
      languageModel(config, encodingById(id), encodingLengthOf(configuration)),
    ),
    pairs: Array.from({ length: config.layers }, () => pairsOf(trained, config.headDim)),
    changed: { configuration: now },
  };
}

/** The name of a run's encoding among its changes. */
const encodingName = "encoding.id";
