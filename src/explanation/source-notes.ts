/**
 * What the comment at the top of an encoding's file says and no declaration does.
 *
 * @module
 */

/** Notes of an encoding's source. */
export interface EncodingNotes {
  /** Whose code it follows; absent where the comment does not say. */
  readonly reference?: string;
  /** Where it differs from that. */
  readonly differs?: string;
}

/** The notes in the text of an encoding's file. */
export function notesIn(source: string): EncodingNotes {
  const reference = headerSection(source, "Reference");
  const differs = headerSection(source, "Differs");
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(differs === undefined ? {} : { differs }),
  };
}

/** A section such as `Differs:` of the comment at the top, as one line. */
function headerSection(source: string, title: string): string | undefined {
  const header = /\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const lines = header.split("\n").map((line) => line.replace(/^ \*/, ""));
  const first = lines.findIndex((line) => line.startsWith(` ${title}:`));
  if (first === -1) return undefined;
  // A section continues in lines that are indented further than a paragraph.
  const end = lines.findIndex((line, at) => at > first && !/^ {6}/.test(line));
  return lines.slice(first, end).join(" ").replace(` ${title}:`, "").replace(/\s+/g, " ").trim();
}
