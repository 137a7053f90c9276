/**
 * The Porter stemmer with the extensions of NLTK, which ROUGE uses.
 *
 * Porter, "An algorithm for suffix stripping", Program 14(3), 1980. https://tartarus.org/martin/PorterStemmer
 *
 * A word is a sequence of consonants and vowels; y is a vowel after a consonant. The measure m of a stem is how many times
 * a consonant follows a vowel: 0 in "tree", 1 in "trouble", 2 in "private". Each step removes or replaces one suffix:
 * the first of its list that the word ends in, if the condition on the stem holds.
 *
 * Reference:  nltk/nltk 3.10.4, nltk/stem/porter.py, mode NLTK_EXTENSIONS
 * Differs:    nothing
 *
 * @module
 */

/** Suffix, what replaces it, and the condition on what is left. */
type Rule = readonly [suffix: string, replacement: string, condition: (stem: string) => boolean];

const irregular = new Map([
  ...["sky", "skies"].map((word): [string, string] => [word, "sky"]),
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["news", "news"],
  ["innings", "inning"],
  ["inning", "inning"],
  ["outings", "outing"],
  ["outing", "outing"],
  ["cannings", "canning"],
  ["canning", "canning"],
  ["howe", "howe"],
  ["proceed", "proceed"],
  ["exceed", "exceed"],
  ["succeed", "succeed"],
]);

/** The stem of a word in small letters: "relational" → "relat". */
export function porterStem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  let stem = removePlural(word);
  stem = removePastAndGerund(stem);
  stem = apply(stem, [["y", "i", (s) => s.length > 1 && isConsonant(s, s.length - 1)]]);
  stem = shortenDouble(stem);
  stem = apply(stem, shortenings);
  stem = apply(stem, removals);
  stem = removeFinalE(stem);
  return apply(stem, [["ll", "l", (s) => measure(`${s}l`) > 1]]);
}

const always = (): boolean => true;
const measured = (stem: string): boolean => measure(stem) > 0;
const long = (stem: string): boolean => measure(stem) > 1;

/** Step 1a. */
function removePlural(word: string): string {
  if (word.endsWith("ies") && word.length === 4) return word.slice(0, -1);
  return apply(word, [
    ["sses", "ss", always],
    ["ies", "i", always],
    ["ss", "ss", always],
    ["s", "", always],
  ]);
}

/** Step 1b. */
function removePastAndGerund(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return measured(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const suffix = ["ed", "ing"].find(
    (each) => word.endsWith(each) && hasVowel(word.slice(0, -each.length)),
  );
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Step 2. "alli" comes before "bli", and its result is shortened again. */
function shortenDouble(word: string): string {
  if (word.endsWith("alli") && measured(word.slice(0, -4))) return shortenDouble(word.slice(0, -2));
  return apply(word, doubles);
}

const doubles: readonly Rule[] = [
  ["ational", "ate", measured],
  ["tional", "tion", measured],
  ["enci", "ence", measured],
  ["anci", "ance", measured],
  ["izer", "ize", measured],
  ["bli", "ble", measured],
  ["alli", "al", measured],
  ["entli", "ent", measured],
  ["eli", "e", measured],
  ["ousli", "ous", measured],
  ["ization", "ize", measured],
  ["ation", "ate", measured],
  ["ator", "ate", measured],
  ["alism", "al", measured],
  ["iveness", "ive", measured],
  ["fulness", "ful", measured],
  ["ousness", "ous", measured],
  ["aliti", "al", measured],
  ["iviti", "ive", measured],
  ["biliti", "ble", measured],
  ["fulli", "ful", measured],
  // The l belongs to the stem here, so that "geo" and "theo" are long enough.
  ["logi", "log", (stem) => measured(`${stem}l`)],
];

/** Step 3. */
const shortenings: readonly Rule[] = [
  ["icate", "ic", measured],
  ["ative", "", measured],
  ["alize", "al", measured],
  ["iciti", "ic", measured],
  ["ical", "ic", measured],
  ["ful", "", measured],
  ["ness", "", measured],
];

/** Step 4. */
const removals: readonly Rule[] = [
  ...["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"].map(remove),
  ["ion", "", (stem) => long(stem) && /[st]$/.test(stem)],
  ...["ou", "ism", "ate", "iti", "ous", "ive", "ize"].map(remove),
];

function remove(suffix: string): Rule {
  return [suffix, "", long];
}

/** Step 5a. */
function removeFinalE(word: string): string {
  if (!word.endsWith("e")) return word;
  const stem = word.slice(0, -1);
  const m = measure(stem);
  return m > 1 || (m === 1 && !endsShort(stem)) ? stem : word;
}

function apply(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement, condition] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return condition(stem) ? stem + replacement : word;
}

/** For each letter, whether it is a consonant. */
function consonants(word: string): boolean[] {
  const flags: boolean[] = [];
  for (const letter of word)
    flags.push(letter === "y" ? flags.length === 0 || !flags.at(-1)! : !"aeiou".includes(letter));
  return flags;
}

function isConsonant(word: string, at: number): boolean {
  return consonants(word.slice(0, at + 1)).at(-1)!;
}

function hasVowel(stem: string): boolean {
  return consonants(stem).includes(false);
}

/** How many times a consonant follows a vowel. */
function measure(stem: string): number {
  const flags = consonants(stem);
  return flags.filter((consonant, at) => consonant && at > 0 && !flags[at - 1]!).length;
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Whether a word ends in consonant, vowel, consonant, the last none of w, x, y; or is a vowel and a consonant. */
function endsShort(word: string): boolean {
  const flags = consonants(word);
  if (word.length === 2) return !flags[0]! && flags[1]!;
  const [first, second, third] = flags.slice(-3);
  return word.length >= 3 && first! && !second! && third! && !/[wxy]$/.test(word);
}
