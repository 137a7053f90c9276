/**
 * Names of clip paths. Plot counts them over all drawings of the process, so that equal drawings would differ.
 *
 * @module
 */

/** A page or a drawing whose clip paths are counted from 1. */
export function countClipPaths(text: string): string {
  const numbers = new Map<string, number>();
  return text.replace(/\b(id="|url\(#)plot-clip-(\d+)/g, (_, before: string, id: string) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return `${before}clip-${number}`;
  });
}
