/**
 * What the packages declare, as the compiler sees it: every exported name with its doc comment, its text and its members. The
 * compiler's own programming interface answers, so that nothing here parses TypeScript.
 */
import { relative, resolve } from "node:path";
import type { Node } from "typescript/unstable/ast";
import {
  API,
  type Checker,
  type Program,
  type Project,
  SymbolFlags,
  type Symbol as SymbolOf,
} from "typescript/unstable/sync";

/** A member of an interface, of a class or of an object type. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly doc: string;
}

/** What a name is. */
export type DeclarationKind = "function" | "class" | "interface" | "type" | "constant" | "namespace";

/** An exported name. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** The file that declares it, from the root of the repository. */
  readonly path: string;
  readonly line: number;
  readonly doc: string;
  /** How it is declared, without bodies; a constant with the type that the compiler gives it. */
  readonly text: string;
  /** Of interfaces and classes, and of types that are written as objects. */
  readonly members: readonly Member[];
  /** Of a namespace: what it holds. */
  readonly holds: readonly Declaration[];
}

const kinds: readonly (readonly [flag: SymbolFlags, kind: DeclarationKind])[] = [
  [SymbolFlags.Function, "function"],
  [SymbolFlags.Class, "class"],
  [SymbolFlags.Interface, "interface"],
  [SymbolFlags.TypeAlias, "type"],
  [SymbolFlags.ValueModule, "namespace"],
];

/** Reads declarations of the packages; to be closed, since a compiler runs beside it. */
export interface DeclarationReader {
  /** Every file of the packages' sources, from the root of the repository. */
  readonly files: readonly string[];
  /** What a file exports: with `passedOn`, what it hands on from elsewhere too. */
  exportsOf(path: string, options?: { readonly passedOn?: boolean }): readonly Declaration[];
  [Symbol.dispose](): void;
}

/** Opens the packages of a repository. Throws if one is not there. */
export function openDeclarations(root: string, packages: readonly string[]): DeclarationReader {
  const api = new API({ cwd: resolve(root) });
  const openProjects = packages.map((one) => resolve(root, "packages", one, "tsconfig.json"));
  const projects = api.updateSnapshot({ openProjects }).getProjects();
  const readers = projects.map((project) => new ProjectReader(root, project));
  return {
    files: readers.flatMap(({ files }) => files),
    exportsOf: (path, options) => {
      const owner = readers.find(({ files }) => files.includes(path));
      if (owner === undefined) throw new Error(`${path} belongs to none of ${packages.join(", ")}`);
      return owner.exportsOf(path, options);
    },
    [Symbol.dispose]: () => api.close(),
  };
}

/** Reads one package. */
class ProjectReader {
  readonly files: readonly string[];
  readonly #root: string;
  readonly #checker: Checker;
  readonly #program: Program;

  constructor(root: string, { checker, program, rootFiles }: Project) {
    this.#root = resolve(root);
    this.#checker = checker;
    this.#program = program;
    this.files = rootFiles.map((file) => this.#pathOf(file));
  }

  exportsOf(path: string, { passedOn = false } = {}): readonly Declaration[] {
    const file = this.#program.getSourceFile(resolve(this.#root, path));
    const module = file === undefined ? undefined : this.#checker.getSymbolAtLocation(file);
    if (module === undefined) return [];
    return this.#checker
      .getExportsOfModule(module)
      .filter((symbol) => passedOn || this.#isDeclaredIn(symbol, path))
      .map((symbol) => this.#declarationOf(symbol));
  }

  #isDeclaredIn(symbol: SymbolOf, path: string): boolean {
    return (
      (!isAlias(symbol) || isNamespaceOf(symbol)) && symbol.declarations.some((one) => this.#pathOf(one.path) === path)
    );
  }

  #pathOf(file: string): string {
    return relative(this.#root, file).replaceAll("\\", "/");
  }

  #declarationOf(symbol: SymbolOf): Declaration {
    const target = isAlias(symbol) ? this.#checker.getAliasedSymbol(symbol) : symbol;
    const { name } = symbol;
    const kind = kinds.find(([flag]) => (target.flags & flag) !== 0)?.[1] ?? "constant";
    const nodes = target.declarations.flatMap((handle) => handle.resolve() ?? []);
    const [node] = nodes;
    if (node === undefined) throw new Error(`${name} has no declaration`);
    const file = node.getSourceFile();
    return {
      name,
      kind,
      path: this.#pathOf(file.fileName),
      line: file.text.slice(0, node.getStart()).split("\n").length,
      doc: this.#docOf(target) || (isAlias(symbol) ? docBefore(symbol) : ""),
      text: kind === "constant" ? this.#constantText(name, target, node) : nodes.map(headOf).join("\n"),
      members: kind === "namespace" ? [] : this.#membersOf(target),
      holds: kind === "namespace" ? this.#heldBy(target) : [],
    };
  }

  #docOf(symbol: SymbolOf): string {
    return this.#checker.getDocumentationCommentOfSymbol(symbol).trim();
  }

  #constantText(name: string, symbol: SymbolOf, node: Node): string {
    const type = this.#checker.getTypeOfSymbol(symbol);
    return `const ${name}: ${type === undefined ? "unknown" : this.#checker.typeToString(type, node)}`;
  }

  #heldBy(namespace: SymbolOf): readonly Declaration[] {
    return this.#checker.getExportsOfModule(namespace).map((symbol) => this.#declarationOf(symbol));
  }

  /** The members that the declaration writes, without those that it takes over from others. */
  #membersOf(symbol: SymbolOf): readonly Member[] {
    if ((symbol.flags & (SymbolFlags.Interface | SymbolFlags.Class)) === 0) return [];
    const written = [...symbol.getMembers().values()].flatMap((member) => {
      const node = member.declarations[0]?.resolve();
      return node === undefined || isHidden(member) ? [] : [{ member, node }];
    });
    return written
      .toSorted((a, b) => a.node.pos - b.node.pos)
      .map(({ member, node }) => {
        const optional = (member.flags & SymbolFlags.Optional) !== 0;
        return { name: member.name, type: typeText(headOf(node)), optional, doc: this.#docOf(member) };
      });
  }
}

/** Whether the name is made here, as that of `export * as name`. */
function isNamespaceOf(symbol: SymbolOf): boolean {
  return symbol.declarations.some((one) => one.resolve()?.getText().startsWith("* as ") === true);
}

/** The comment above `export * as name`, which the compiler does not take for the name's own. */
function docBefore(symbol: SymbolOf): string {
  const statement = symbol.declarations[0]?.resolve()?.parent;
  const above = statement?.getSourceFile().text.slice(statement.pos, statement.getStart()) ?? "";
  return /\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*$/.exec(above)?.[1]?.replaceAll(/\n\s*\* ?/g, "\n") ?? "";
}

function isAlias({ flags }: SymbolOf): boolean {
  return (flags & SymbolFlags.Alias) !== 0;
}

/** Names that begin with `#` or `__` are the compiler's or the class's own. */
function isHidden({ name, flags }: SymbolOf): boolean {
  return name.startsWith("#") || name.startsWith("__") || (flags & SymbolFlags.TypeParameter) !== 0;
}

/** The text of a declaration up to its body; of a class its first line. */
function headOf(node: Node): string {
  const text = node.getText();
  const { body, members } = node as { readonly body?: Node; readonly members?: readonly Node[] };
  if (body !== undefined) return text.slice(0, body.getStart() - node.getStart()).trimEnd();
  if (members === undefined || !/^export (abstract )?class /.test(text)) return text;
  const first = members[0];
  return first === undefined ? text : text.slice(0, text.indexOf("{")).trimEnd();
}

/** The type in a member's declaration: what stands behind its name. */
function typeText(declaration: string): string {
  return declaration.replace(/^(?:(?:readonly|static|async|get|override)\s+)*[^\s(:<]+\??:?\s*/, "").replace(/;$/, "");
}
