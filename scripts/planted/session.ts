/** The command as a user types it, and what it printed. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const entry = fileURLToPath(new URL("../../packages/workbench/src/main.ts", import.meta.url));

/** Compiled sources: most of what a command costs is to load it. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url));

/** What a command ended with. */
export interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** The environment without what npm adds, by which a command that npm started is told to be typed as `npx nabla`. */
function fromAShell(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
}

/** Runs `nabla` with its arguments in a folder. Never throws. */
export async function nabla(folder: string, args: readonly string[]): Promise<Ended> {
  const child = promisify(execFile)(process.execPath, ["--conditions=nabla-source", "--no-warnings", entry, ...args], {
    cwd: folder,
    maxBuffer: 1 << 28,
    env: { ...fromAShell(), NO_COLOR: "1", COLUMNS: "80", NODE_COMPILE_CACHE: cache },
  });
  try {
    const { stdout, stderr } = await child;
    return { exit: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code = 1, stdout = "", stderr = "" } = error as { code?: number; stdout?: string; stderr?: string };
    return { exit: Number(code), out: stdout, err: stderr };
  }
}

/** The words of a line of a shell, quotes taken off. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_, single, double, escaped) =>
      String(single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped),
    ),
  );
}

/**
 * The sections of a summary: the word at the start of a line names one, its lines follow. Lines that go on after a break stand
 * further in.
 */
export function sectionsOf(summary: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of summary.split("\n")) {
    const [, name, rest = ""] = line.match(/^([A-Z1][\w² -]{0,9}?) {2,}(\S.*)$/) ?? [];
    if (name === undefined) {
      lines.push(line.trim());
      continue;
    }
    lines = [rest.trim()];
    sections.set(name, lines);
  }
  return sections;
}
