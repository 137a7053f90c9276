/**
 * What an encoding's source says in comments: its reference, where it differs, its options.
 *
 * @module
 */

/** An option of an encoding with its comment. */
export interface DeclaredOption {
  readonly name: string;
  readonly words: string;
}

/** What comments say and no declaration does. */
export interface EncodingNotes {
  /** Whose code it follows; absent where the comment does not say. */
  readonly reference?: string;
  /** Where it differs from that. */
  readonly differs?: string;
  readonly options: readonly DeclaredOption[];
}

/**
 * The notes in the text of an encoding's file.
 *
 * @param others files in which further options may be declared
 */
export function notesIn(source: string, others: readonly string[] = []): EncodingNotes {
  const [reference, differs] = [
    headerSection(source, "Reference"),
    headerSection(source, "Differs"),
  ];
  const name = /EncodingDefinition<(\w+)>/.exec(source)?.[1];
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(differs === undefined ? {} : { differs }),
    options: name === undefined ? [] : fieldsOf(name, [source, ...others]),
  };
}

/** A section such as `Differs:` of the comment at the top, as one line. */
function headerSection(source: string, title: string): string | undefined {
  const header = /\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const lines = header.split("\n").map((line) => line.replace(/^ \*/, ""));
  const first = lines.findIndex((line) => line.startsWith(` ${title}:`));
  if (first === -1) return undefined;
  // A section goes on with lines that are indented further than a paragraph.
  const end = lines.findIndex((line, at) => at > first && !/^ {6}/.test(line));
  return lines.slice(first, end).join(" ").replace(` ${title}:`, "").replace(/\s+/g, " ").trim();
}

/** The fields of an interface, those of one it extends after its own. */
function fieldsOf(name: string, sources: readonly string[]): DeclaredOption[] {
  const pattern = new RegExp(`interface ${name}(?: extends (\\w+))? \\{\\n([\\s\\S]*?)\\n\\}`);
  for (const source of sources) {
    const found = pattern.exec(source);
    if (found === null) continue;
    const [, parent, body = ""] = found;
    const fields = [
      ...body.matchAll(
        /\/\*\*\s+(?:\* )?((?:(?!\*\/)[\s\S])*?)\s*\*\/\s+readonly (\w+)\??: ([^;]+);/g,
      ),
    ];
    return [
      ...fields.map(([, comment = "", field = "", type = ""]) => ({
        name: field,
        words: `${comment.replace(/\s*\n\s*\* ?/g, " ")}${valuesOf(type, sources)}`,
      })),
      ...(parent === undefined ? [] : fieldsOf(parent, sources)),
    ];
  }
  return [];
}

/** The words that a union of strings allows. */
function valuesOf(type: string, sources: readonly string[]): string {
  const alias = /^\w+$/.test(type) ? new RegExp(`type ${type} = ([^;]+);`) : undefined;
  const declared = alias && sources.join("\n").match(alias)?.[1];
  const words = (declared ?? type).match(/"[\w-]+"/g);
  return words === null
    ? ""
    : ` One of ${words.map((word) => word.replaceAll('"', "`")).join(", ")}.`;
}
