/**
 * Markdown as prettier lays it out.
 *
 * @module
 */

/** A table, its columns padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) =>
    Math.max(3, ...escaped.map((row) => [...(row[column] ?? "")].length)),
  );
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, at) => cell + fill.repeat((widths[at] ?? 0) - [...cell].length)).join(" | ")} |`;
  const rule = line(
    head.map(() => ""),
    "-",
  );
  const [first = [], ...others] = escaped;
  return `${[line(first, " "), rule, ...others.map((row) => line(row, " "))].join("\n")}\n`;
}

/** A list, one item a line. */
export function list(items: readonly string[]): string {
  return `${items.map((item) => `- ${item}`).join("\n")}\n`;
}

/** A link, or the words alone where there is no address. */
export function link(words: string, url: string | undefined): string {
  return url === undefined ? words : `[${words}](${url})`;
}

/** A small number as people read it: "3.1e-16", "0". */
export function small(value: number): string {
  return value === 0 ? "0" : value.toExponential(1).replace("e+0", "").replace("-", "-");
}
