/**
 * A dimension: a number, or a polynomial over named symbols written as text (`"past+sequence"`).
 *
 * The text is canonical: terms sorted, factors sorted, coefficient first. So equal polynomials are equal
 * strings, and shapes can be compared with `===` and printed as they are.
 *
 * @module
 */

/** A size: a non-negative integer, or a canonical polynomial such as `"past+sequence"` or `"batch*2"`. */
export type Dimension = number | string;

/** Values for the symbols of a graph, for example `{ batch: 2, sequence: 7 }`. */
export type Bindings = Readonly<Record<string, number>>;

/** Coefficients by monomial; the monomial `""` is the constant. */
export type Polynomial = ReadonlyMap<string, number>;

const symbolPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether `text` may name a symbol. */
export function isSymbol(text: string): boolean {
  return symbolPattern.test(text);
}

/**
 * The polynomial of a dimension, its coefficients by monomial.
 *
 * @throws {RangeError} for text that is neither numbers nor symbols joined by `+` and `*`
 */
export function polynomial(dimension: Dimension): Polynomial {
  if (typeof dimension === "number") return new Map(dimension === 0 ? [] : [["", dimension]]);
  const terms = new Map<string, number>();
  for (const term of dimension.split("+")) {
    const factors = term.split("*");
    const symbols = factors.filter(isSymbol);
    const coefficient = factors
      .filter((factor) => !isSymbol(factor))
      .reduce((product, factor) => product * Number(factor), 1);
    if (Number.isNaN(coefficient))
      throw new RangeError(`dimension: cannot read "${dimension}". Use a number or a symbol name.`);
    const monomial = symbols.sort().join("*");
    terms.set(monomial, (terms.get(monomial) ?? 0) + coefficient);
  }
  return terms;
}

/** The polynomial as a number or as canonical text. */
function canonical(terms: Polynomial): Dimension {
  const present = [...terms].filter(([, coefficient]) => coefficient !== 0);
  if (present.every(([monomial]) => monomial === "")) return present[0]?.[1] ?? 0;
  return present
    .sort(([left], [right]) => (left === "" ? 1 : right === "" ? -1 : left < right ? -1 : 1))
    .map(([monomial, coefficient]) =>
      monomial === ""
        ? `${coefficient}`
        : coefficient === 1
          ? monomial
          : `${coefficient}*${monomial}`,
    )
    .join("+");
}

/** The sum of two dimensions. */
export function addDimensions(left: Dimension, right: Dimension): Dimension {
  if (typeof left === "number" && typeof right === "number") return left + right;
  const sum = new Map(polynomial(left));
  for (const [monomial, coefficient] of polynomial(right))
    sum.set(monomial, (sum.get(monomial) ?? 0) + coefficient);
  return canonical(sum);
}

/** The product of two dimensions. */
export function multiplyDimensions(left: Dimension, right: Dimension): Dimension {
  if (typeof left === "number" && typeof right === "number") return left * right;
  const product = new Map<string, number>();
  for (const [a, p] of polynomial(left))
    for (const [b, q] of polynomial(right)) {
      const monomial = [...a.split("*"), ...b.split("*")].filter(Boolean).sort().join("*");
      product.set(monomial, (product.get(monomial) ?? 0) + p * q);
    }
  return canonical(product);
}

/** `left − right`. */
export function subtractDimensions(left: Dimension, right: Dimension): Dimension {
  return addDimensions(left, multiplyDimensions(-1, right));
}

/** The product of all dimensions of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly Dimension[]): Dimension {
  return shape.reduce<Dimension>(multiplyDimensions, 1);
}

/**
 * The dimension as a number, each symbol replaced by its value in `bindings`.
 *
 * @throws {RangeError} for a symbol without a value
 */
export function resolveDimension(dimension: Dimension, bindings: Bindings): number {
  if (typeof dimension === "number") return dimension;
  let sum = 0;
  for (const [monomial, coefficient] of polynomial(dimension)) {
    let product = coefficient;
    for (const symbol of monomial.split("*").filter(Boolean)) {
      const value = Object.hasOwn(bindings, symbol) ? bindings[symbol] : undefined;
      if (value === undefined)
        throw new RangeError(
          `dimension: symbol "${symbol}" of "${dimension}" has no value; known: ` +
            `${Object.keys(bindings).join(", ") || "none"}. Give an input whose shape names it.`,
        );
      product *= value;
    }
    sum += product;
  }
  return sum;
}

/**
 * The shape as numbers, each symbol replaced by its value in `bindings`.
 *
 * @throws {RangeError} for a symbol without a value
 */
export function resolveShape(shape: readonly Dimension[], bindings: Bindings): number[] {
  return shape.map((dimension) => resolveDimension(dimension, bindings));
}
