/**
 * The code of a page, run as a reader runs it: in an empty project that has the packages. In the order of the page, a block
 * with a name, as in ```` ```csv flats.csv ````, becomes that file; a block of `ts` without one is saved and run; each line of
 * `sh` is a command. `text` is what something prints, or what can be typed, and is not run.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A block of code. */
export interface Block {
  readonly language: string;
  /** The file that it is, where the page names one. */
  readonly file: string | undefined;
  readonly code: string;
  /** What a program prints, where the page shows it straight below. */
  readonly shown: string | undefined;
}

/** What became of a file or a line. */
export interface Outcome {
  readonly ran: string;
  readonly code: number | null;
  readonly output: string;
  /** What the page says that it prints, if it does. */
  readonly shown: string | undefined;
}

/** The project that a page's code runs in. */
export interface Project {
  readonly folder: string;
  /** What stands between `node` and a program. */
  readonly conditions: readonly string[];
}

const FENCE = /^```(?<language>\w+)(?: (?<file>\S+\.\w+))?\n(?<code>[\s\S]*?)^```$/gm;

/** The blocks of a page, in their order. */
export function blocksOf(text: string): readonly Block[] {
  const clean = text.replaceAll("\r\n", "\n");
  const found = [...clean.matchAll(FENCE)];
  return found.map(({ 0: { length }, index, groups = {} }, i) => {
    const { language = "", file, code = "" } = groups;
    const next = found[i + 1];
    const isBelow = next?.groups?.language === "text" && clean.slice(index + length, next.index).trim() === "";
    return { language, file, code, shown: isBelow ? next?.groups?.code : undefined };
  });
}

/** An empty project to which the packages of the repository are linked; who asks for it takes it away. */
export function linkedProject(root: string): Project {
  const folder = mkdtempSync(join(tmpdir(), "nabla-blocks-"));
  mkdirSync(join(folder, "node_modules/@nabla"), { recursive: true });
  symlinkSync(resolve(root, "packages/nabla"), join(folder, "node_modules/nabla"), "junction");
  symlinkSync(resolve(root, "packages/workbench"), join(folder, "node_modules/@nabla/workbench"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  return { folder, conditions: ["--conditions=nabla-source"] };
}

/** Runs the blocks of a page, in a project of its own that is gone afterwards. */
export function runPage(root: string, text: string): readonly Outcome[] {
  const project = linkedProject(root);
  try {
    return runBlocks(blocksOf(text), project);
  } finally {
    rmSync(project.folder, { recursive: true, force: true });
  }
}

/** Runs blocks in a project, and says what became of each. */
export function runBlocks(blocks: readonly Block[], project: Project): readonly Outcome[] {
  return blocks.flatMap((block, i) => {
    if (block.file !== undefined) writeFileSync(join(project.folder, block.file), block.code);
    else if (block.language === "ts")
      return [{ ...runProgram(block.code, `block-${i}.ts`, project), shown: block.shown }];
    else if (block.language === "sh") return block.code.split("\n").flatMap((line) => runLine(line, project));
    else if (block.language !== "text") throw new Error(`a block of ${block.language} needs a file name`);
    return [];
  });
}

function runProgram(code: string, file: string, project: Project): Outcome {
  writeFileSync(join(project.folder, file), code);
  return outcomeOf(file, [...project.conditions, file], project);
}

/** What a line does; the packages are there already, so that npm has nothing to do. */
function runLine(line: string, project: Project): readonly Outcome[] {
  const command = line.replace(/(^|\s+)#.*$/, "").trim();
  const [program, ...words] = Array.from(
    command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
  if (program === undefined || /^npm (install|init)\b/.test(command)) return [];
  if (program === "node") return [outcomeOf(command, [...project.conditions, ...words], project)];
  const called = program === "npx" && words[0] === "nabla" ? words.slice(1) : program === "nabla" ? words : undefined;
  if (called === undefined) throw new Error(`a page runs npm, node and nabla alone, found ${command}`);
  return [outcomeOf(command, [join("node_modules", "@nabla", "workbench", "bin", "nabla.js"), ...called], project)];
}

function outcomeOf(ran: string, words: readonly string[], { folder }: Project): Outcome {
  const { NODE_OPTIONS: _options, NABLA_STORE: _store, ...clean } = process.env;
  const env = { ...clean, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words], { cwd: folder, encoding: "utf8", env });
  return { ran, code: status, output: `${stdout}${stderr}`, shown: undefined };
}
