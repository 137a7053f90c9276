/**
 * What the docstrings of exported names lack, found with the TypeScript compiler.
 *
 * @module
 */
import path from "node:path";
import ts from "typescript";

/**
 * One line for each name that `entries` export without a docstring, and for each exported function or
 * method that throws a named error which no `@throws` of its docstring mentions. Only `throw` statements
 * inside its own text count, not those of functions that it calls.
 *
 * @param program a program that contains the entries
 * @param entries absolute paths of the files whose exports are public
 * @param root the folder that paths in the result are relative to
 */
export function missingDocstrings(
  program: ts.Program,
  entries: readonly string[],
  root: string,
): string[] {
  const checker = program.getTypeChecker();
  const faults = new Set<string>();
  for (const symbol of publicSymbols(program, entries)) {
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) continue;
    const file = path.relative(root, declaration.getSourceFile().fileName).replaceAll("\\", "/");
    if (symbol.getDocumentationComment(checker).length === 0)
      faults.add(`${file} ${symbol.name}: no docstring`);
    for (const { name, node } of callables(symbol.name, declaration))
      for (const error of thrownBy(node, checker))
        if (!mentionedErrors(node).some((text) => text.includes(error)))
          faults.add(`${file} ${name}: no @throws {${error}}`);
  }
  return [...faults].sort();
}

/** The symbols that the entries export, imported names followed to their declarations. */
export function publicSymbols(program: ts.Program, entries: readonly string[]): Set<ts.Symbol> {
  const checker = program.getTypeChecker();
  return new Set(
    entries.flatMap((entry) => {
      const file = program.getSourceFile(entry);
      const module = file && checker.getSymbolAtLocation(file);
      if (module === undefined) throw new Error(`${entry} is no module of the program`);
      return checker
        .getExportsOfModule(module)
        .map((symbol) =>
          symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
        );
    }),
  );
}

interface Callable {
  readonly name: string;
  /** The declaration that has the docstring. */
  readonly node: ts.Node;
}

/** A function, or the constructor and the public methods of a class. */
function callables(name: string, declaration: ts.Declaration): Callable[] {
  if (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration))
    return [{ name, node: declaration }];
  if (!ts.isClassDeclaration(declaration)) return [];
  return declaration.members.flatMap((member): Callable[] => {
    if (ts.isConstructorDeclaration(member)) return [{ name: `new ${name}`, node: member }];
    const hidden = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private;
    if (!ts.isMethodDeclaration(member) || hidden || !ts.isIdentifier(member.name)) return [];
    return [{ name: `${name}.${member.name.text}`, node: member }];
  });
}

/** Names of the error classes in the `throw` statements of a declaration, `Error` itself left out. */
function thrownBy(node: ts.Node, checker: ts.TypeChecker): Set<string> {
  const names = new Set<string>();
  const visit = (child: ts.Node): void => {
    if (ts.isThrowStatement(child)) {
      const type = checker.getTypeAtLocation(child.expression);
      const name = type.getSymbol()?.name;
      const isNamedError = type.getProperty("message") !== undefined && name !== "Error";
      if (isNamedError && name !== undefined) names.add(name);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names;
}

function mentionedErrors(node: ts.Node): string[] {
  return ts
    .getJSDocTags(node)
    .filter((tag) => tag.tagName.text === "throws")
    .map((tag) => tag.getText());
}
