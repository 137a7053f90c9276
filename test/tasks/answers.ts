/**
 * What each task's answer must be, worked out from the written question alone and in another way than the
 * task does.
 */

/** The answer's symbols, or, for flip-flop, the bits after each read. */
export const answers: Readonly<Record<string, (question: readonly string[]) => string[]>> = {
  copy: (question) => [...question],
  reverse: ([first, ...rest]) => (first === undefined ? [] : [...answers["reverse"]!(rest), first]),
  addition(question) {
    const [a, b] = question.join("").split("+");
    return [...(BigInt(a!) + BigInt(b!)).toString()];
  },
  sort: (question) =>
    byCounting(question, [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"]),
  sum: (question) => [
    question
      .map(BigInt)
      .reduce((a, b) => a + b)
      .toString()
      .at(-1)!,
  ],
  parity: (question) => [/^(0*10*1)*0*$/.test(question.join("")) ? "0" : "1"],
  polynomial([, x, ...terms]) {
    // Horner's rule on the collected coefficients, in whole numbers.
    const coefficients = [0n, 0n, 0n, 0n];
    for (let at = 0; at < terms.length; at += 2)
      coefficients[Number(terms[at + 1]!.slice(2))]! += BigInt(terms[at]!);
    const value = coefficients.reduceRight(
      (sum, coefficient) => sum * BigInt(x!) + coefficient,
      0n,
    );
    return [(((value % 10n) + 10n) % 10n).toString()];
  },
  duplicate: (question) => [...question.join("").repeat(2)],
  "missing-duplicate"(question) {
    const written = question.join("").replace(/-$/, "");
    const fits = ["0", "1"].filter((bit) => {
      const whole = written.replace("?", bit);
      return whole.slice(0, whole.length / 2) === whole.slice(whole.length / 2);
    });
    if (fits.length !== 1) throw new Error(`${written}: ${fits.length} answers`);
    return fits;
  },
  "bucket-sort": (question) => byCounting(question, [..."01234"]),
  "flip-flop"(tokens) {
    // Each read, and the last write before it.
    return [...tokens.join("").matchAll(/r/g)].map(({ index }) => {
      const before = tokens.join("").slice(0, index);
      return /w(.)(?!.*w)/.exec(before)![1]!;
    });
  },
  counting(question) {
    const name = question.at(-1)!;
    const steps = question.slice(0, -2).join(" ");
    const sinceSet = steps.slice(steps.lastIndexOf(`${name} =0`));
    return [String(sinceSet.split(`${name} ++`).length - 1)];
  },
  "selective-copy": (question) => [...question.join("").replaceAll("-", "")],
};

function byCounting(question: readonly string[], alphabet: readonly string[]): string[] {
  return alphabet.flatMap((symbol) => question.filter((other) => other === symbol));
}
