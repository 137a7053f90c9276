/**
 * The public names of both entry points with their docstrings, read by TypeDoc.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Application, ReflectionKind } from "typedoc";
import type { Comment, DeclarationReflection, SignatureReflection } from "typedoc";

/** A member of an interface or class, or a parameter of a function. */
export interface ApiMember {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** One exported name. */
export interface ApiName {
  readonly name: string;
  readonly kind: "class" | "function" | "interface" | "type" | "value";
  /** The folder of `src` that declares it. */
  readonly folder: string;
  readonly entries: readonly Entry[];
  /** Its declaration, as TypeScript. */
  readonly declaration: string;
  readonly text: string;
  readonly throws: readonly string[];
  readonly parameters: readonly ApiMember[];
  readonly members: readonly ApiMember[];
}

type Entry = "relpos" | "relpos/browser";

const entries: readonly Entry[] = ["relpos", "relpos/browser"];

/** Every public name of the package, in alphabetical order. Takes some seconds: TypeDoc compiles the sources. */
export async function readApi(): Promise<readonly ApiName[]> {
  const modules = await convert();
  const entriesOf = (name: string): Entry[] =>
    entries.filter((_, at) => modules[at]!.children?.some((child) => child.name === name));
  // A name that both have is declared in the first; the second refers to it.
  const declared = modules
    .flatMap(({ children }) => children ?? [])
    .filter(({ kind }) => kind !== ReflectionKind.Reference);
  return declared
    .map((reflection) => nameOf(reflection, entriesOf(reflection.name)))
    .filter(({ name }, at, all) => all.findIndex((other) => other.name === name) === at)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The modules of the two entry points, in the order of `entries`. */
async function convert(): Promise<readonly DeclarationReflection[]> {
  const root = new URL("../../", import.meta.url);
  const pathOf = (file: string): string => fileURLToPath(new URL(file, root));
  const application = await Application.bootstrap({
    entryPoints: ["src/index.ts", "src/browser.ts"].map(pathOf),
    tsconfig: pathOf("tsconfig.json"),
    skipErrorChecking: true,
    excludeExternals: true,
    excludePrivate: true,
    sort: ["source-order"],
    logLevel: "Error",
  });
  const project = await application.convert();
  const modules = ["index", "browser"].map((name) =>
    project?.children?.find((module) => module.name === name),
  );
  if (modules.includes(undefined))
    throw new Error("docs: TypeDoc could not read the entry points.");
  return modules as DeclarationReflection[];
}

function nameOf(reflection: DeclarationReflection, entries: ApiName["entries"]): ApiName {
  const { name, kind, signatures = [], children = [], sources } = reflection;
  const [signature] = signatures;
  const path = sources?.[0]?.fileName ?? "";
  const comment = signature?.comment ?? reflection.comment;
  const members = children.flatMap(membersOf);
  return {
    name,
    kind: kindOf(kind),
    folder: /src\/([^/]+)\//.exec(path)?.[1] ?? "",
    entries,
    declaration: declarationOf(reflection),
    text: textOf(comment),
    throws: throwsOf(comment),
    parameters: (signature?.parameters ?? []).map((parameter) => ({
      name:
        parameter.flags.isOptional || parameter.defaultValue
          ? `${parameter.name}?`
          : parameter.name,
      type: parameter.type?.toString() ?? "",
      text: textOf(parameter.comment),
    })),
    members,
  };
}

function kindOf(kind: ReflectionKind): ApiName["kind"] {
  if (kind === ReflectionKind.Class) return "class";
  if (kind === ReflectionKind.Function) return "function";
  if (kind === ReflectionKind.Interface) return "interface";
  return kind === ReflectionKind.TypeAlias ? "type" : "value";
}

function membersOf(child: DeclarationReflection): ApiMember[] {
  const [signature] = child.signatures ?? [];
  const optional = child.flags.isOptional ? "?" : "";
  const accessor = child.getSignature;
  const comment = signature?.comment ?? accessor?.comment ?? child.comment;
  const type = signature ? callOf(signature) : (accessor?.type ?? child.type)?.toString();
  return [{ name: `${child.name}${optional}`, type: type ?? "", text: textOf(comment) }];
}

function declarationOf({ name, kind, signatures = [], type }: DeclarationReflection): string {
  if (signatures.length > 0)
    return signatures.map((signature) => `function ${name}${callOf(signature)};`).join("\n");
  if (kind === ReflectionKind.Class) return `class ${name}`;
  if (kind === ReflectionKind.Interface) return `interface ${name}`;
  if (kind === ReflectionKind.TypeAlias) return `type ${name} = ${type?.toString() ?? "…"};`;
  return `const ${name}: ${type?.toString() ?? "…"};`;
}

/** `(x: Tensor, axis?: number): Tensor` */
function callOf({ parameters = [], type, typeParameters = [] }: SignatureReflection): string {
  const listed = parameters.map((parameter) => {
    const optional = parameter.flags.isOptional || parameter.defaultValue !== undefined ? "?" : "";
    const rest = parameter.flags.isRest ? "..." : "";
    return `${rest}${parameter.name}${optional}: ${parameter.type?.toString() ?? "unknown"}`;
  });
  const generic =
    typeParameters.length > 0 ? `<${typeParameters.map(({ name }) => name).join(", ")}>` : "";
  return `${generic}(${listed.join(", ")}): ${type?.toString() ?? "void"}`;
}

function textOf(comment: Comment | undefined): string {
  return (comment?.summary ?? [])
    .map(({ text }) => text)
    .join("")
    .trim();
}

function throwsOf(comment: Comment | undefined): string[] {
  return (comment?.blockTags ?? [])
    .filter(({ tag }) => tag === "@throws")
    .map(({ content }) =>
      content
        .map(({ text }) => text)
        .join("")
        .trim(),
    );
}
