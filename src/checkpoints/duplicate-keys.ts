/**
 * Finds keys that occur twice in a JSON object. JSON.parse keeps the last one without an error, so that in a file of
 * weights one tensor could replace another.
 *
 * @module
 */

/**
 * The first key that occurs twice in one object of a JSON text, or undefined.
 *
 * @param json valid JSON: JSON.parse has accepted it
 */
export function firstDuplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // the keys of each open object; undefined for an open array
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case "{":
        open.push(new Set());
        break;
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const end = endOfString(json, at);
        if (followedByColon(json, end)) {
          const key = JSON.parse(json.slice(at, end)) as string; // "a" and "\u0061" are the same key
          const keys = open.at(-1);
          if (keys?.has(key) === true) return key;
          keys?.add(key);
        }
        at = end - 1;
      }
    }
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Only a key has a colon after it, perhaps behind the white space that JSON allows. */
function followedByColon(json: string, end: number): boolean {
  let at = end;
  while (json[at] === " " || json[at] === "\n" || json[at] === "\r" || json[at] === "\t") at++;
  return json[at] === ":";
}
