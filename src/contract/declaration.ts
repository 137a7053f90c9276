/**
 * Whether an encoding says what it is, for lists, documents and checkpoints.
 *
 * @module
 */
import { parameterFaults } from "./asked-parameters.ts";
import type { ContractCheck } from "./check.ts";

/** The declaration of the definition and of the encoding it makes. */
export const declaration: ContractCheck = {
  name: "declaration",
  asks: "says what it is: names, summary, formula, paper, limit, tensors",
  run({ definition, model }) {
    const { encoding } = model;
    const { id, summary, paper } = definition;
    // What is composed, or has options, is named as it is written, and its tensors after its parts.
    const composed = /[+(]/.test(id);
    const faults: string[] = [];
    const need = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
    need(
      composed || /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id),
      `The id "${id}" must be small letters, digits and hyphens.`,
    );
    need(
      encoding.id === id,
      `What it makes calls itself "${encoding.id}", the definition is "${id}".`,
    );
    need(
      /^[A-Z].*\.$/su.test(summary),
      `The summary "${summary}" must be a sentence, from a capital to a full stop.`,
    );
    need(
      paper?.url === undefined || paper.url.startsWith("https://"),
      `The paper's address "${paper?.url}" must begin with https://.`,
    );
    for (const { name } of encoding.parameters)
      need(
        composed ? name.startsWith("position.") : name.startsWith(`position.${id}.`),
        `The parameter "${name}" must be named position.${id}.<tensor>.`,
      );
    const { limit } = encoding;
    need(
      limit === undefined || (Number.isInteger(limit.length) && limit.reason.length > 10),
      `The limit must be a whole number of positions and say why.`,
    );
    return { faults: [...faults, ...parameterFaults(model)] };
  },
};
