/**
 * Circles of imports: files that import one another, directly or through others, found as strongly
 * connected components of the import graph.
 *
 * @module
 */

/** A file and the files that it imports, types included; imports of other files are ignored. */
export interface ImportingFile {
  readonly path: string;
  readonly imports: readonly string[];
}

/**
 * One chain for each group of files that import one another, as `a.ts → b.ts → a.ts`: the shortest chain
 * through the first file of the group by name. Removing it may uncover another chain of the same group.
 */
export function circles(files: readonly ImportingFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map(
    files.map(({ path, imports }) => [path, imports.filter((target) => known.has(target)).sort()]),
  );
  return components(graph)
    .map((group) => group.sort()[0]!)
    .sort()
    .flatMap((start) => shortestCircle(start, graph)?.join(" → ") ?? []);
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Strongly connected components, by Tarjan's algorithm (SIAM Journal on Computing 1(2), 1972). */
function components(graph: Graph): string[][] {
  const order = new Map<string, number>();
  /** The smallest order that a file reaches within the files that are still on the stack. */
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];

  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    onStack.add(file);
    for (const next of graph.get(file)!) {
      if (!order.has(next)) visit(next);
      else if (!onStack.has(next)) continue;
      lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    for (const member of group) onStack.delete(member);
    found.push(group);
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The shortest chain from `start` back to it, or undefined where there is none; breadth first. */
function shortestCircle(start: string, graph: Graph): string[] | undefined {
  const chains: string[][] = [[start]];
  const seen = new Set<string>();
  for (const chain of chains)
    for (const next of graph.get(chain.at(-1)!)!) {
      if (next === start) return [...chain, start];
      if (!seen.has(next)) chains.push([...chain, next]);
      seen.add(next);
    }
  return undefined;
}
