/**
 * A configuration as a model of its family.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { Configuration } from "./configuration.ts";
import type { ConfigurationValues } from "./configuration.ts";
import type { Family, ReadOptions } from "./family.ts";

/** What a configuration says. */
export interface ReadFamily<Description> {
  readonly family: Family<Description>;
  readonly description: Description;
}

/**
 * Reads the value of a `config.json`.
 *
 * @param families those of which it may be
 * @param file its path, for messages
 * @throws {InputError} the family is not known, or a key is not understood
 */
export function readFamily<Description>(
  families: readonly Family<Description>[],
  values: unknown,
  file = "config.json",
  options: ReadOptions = {},
): ReadFamily<Description> {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw new InputError(
      `${file} is no configuration: it is no object. Copy or download it again.`,
    );
  const { model_type: modelType, architectures } = values as ConfigurationValues;
  const family = families.find((each) => each.modelType === modelType);
  if (family === undefined)
    throw new InputError(
      `${file}: model_type ${JSON.stringify(modelType) ?? "is missing and"} is no family that relpos loads. ` +
        `It loads ${families.map((each) => `${each.modelType} (${each.name})`).join(", ")}.`,
    );
  const architecture: unknown = [architectures].flat()[0] ?? undefined;
  if (architecture !== undefined && !family.architectures.some((each) => each === architecture))
    throw new InputError(
      `${file}: the architecture ${JSON.stringify(architecture)} has a head that relpos does not load. ` +
        `Of ${family.name} it loads ${family.architectures.join(", ")}.`,
    );
  const config = new Configuration(values as ConfigurationValues, file);
  config.accept("quantization_config", [], "so its weights are quantised");
  const description = family.read(config, options);
  config.refuseUnread(family.name, family.harmless ?? []);
  return { family, description };
}
