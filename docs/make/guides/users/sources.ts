/**
 * Where one can check that the models a guide names use its encoding: their code, their paper or their page.
 *
 * @module
 */

/** One place that says so, of one model or several. */
export interface UsedBySource {
  /** As the guide's sentence names them. */
  readonly models: readonly string[];
  readonly title: string;
  readonly url: string;
}

/** The models that use one encoding. */
export interface Users {
  /** Models by name, in whole sentences. */
  readonly usedBy: string;
  /** Every model of `usedBy` is in one of them. */
  readonly usedBySources: readonly UsedBySource[];
}

/** Where no model is known. */
export const nobody = "No released model is known to use it.";

/** An encoding of which no model is known. */
export const unused: Users = { usedBy: nobody, usedBySources: [] };

/** Code in transformers 5.23; `file` is below its folder of models. */
export function transformers(file: string, ...models: readonly string[]): UsedBySource {
  const folder = "https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models";
  return source("transformers", `${folder}/${file}`, models);
}

/** A paper by its number at arXiv. */
export function paper(id: string, ...models: readonly string[]): UsedBySource {
  return source("paper", `https://arxiv.org/abs/${id}`, models);
}

/** A file of a repository, as it was read: "owner/name", commit or tag, path. */
export function repository(
  name: string,
  commit: string,
  file: string,
  ...models: readonly string[]
): UsedBySource {
  return source("repository", `https://github.com/${name}/blob/${commit}/${file}`, models);
}

/** A page of documentation, a model card or an announcement. */
export function page(kind: string, url: string, ...models: readonly string[]): UsedBySource {
  return source(kind, url, models);
}

function source(kind: string, url: string, models: readonly string[]): UsedBySource {
  return { models, title: `${models.join(", ")} (${kind})`, url };
}

/** Names in a sentence that no source covers: words with a capital, and numbers that follow a name that a source covers. */
export function uncovered(sentence: string, sources: readonly UsedBySource[]): string[] {
  const names = sources.flatMap(({ models }) => models);
  const rest = names
    .toSorted((a, b) => b.length - a.length)
    .reduce((words, name) => words.replaceAll(name, "□"), sentence.replace(/\]\([^)]*\)/g, "]"));
  const words = rest.match(/□[- ]?\d+|[\w.-]*[A-Z](?:[\w.-]*\w)?/g) ?? [];
  return words.filter((word) => !opening.has(word));
}

/** Words that begin a sentence or are no name of a model. */
const opening: ReadonlySet<string> = new Set(["No", "The"]);
