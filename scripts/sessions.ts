/**
 * The sessions of `docs/`: files that a page shows, as in ```` ```csv flats.csv ````, and below them what `nabla` prints, as
 * in ```` ```console ````, where a line that begins with `$` is a command. A command with nothing below it is run and not
 * shown. `node scripts/sessions.ts files` runs those of one page, no name runs all; `--write` puts the output into the page.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readPages } from "./pages.ts";

/** A command and what stands below it. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

const FILE = /^```\w+ (?<name>\S+\.\w+)\n(?<content>[\s\S]*?)^```$/gm;
const CONSOLE = /^```console\n(?<text>[\s\S]*?)^```$/gm;

/** The commands of a page in their order, with what the page says that they print. */
export function stepsOf(text: string): readonly Step[] {
  return [...text.matchAll(CONSOLE)].flatMap(({ groups }) =>
    (groups?.text ?? "")
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = "", ...output] = step.trimEnd().split("\n");
        return { command, output: output.join("\n") };
      }),
  );
}

/** Runs the commands of a page in a folder with its files, and gives what each printed. */
export function runSteps(root: string, text: string): readonly Step[] {
  const folder = mkdtempSync(join(tmpdir(), "nabla-page-"));
  try {
    for (const { groups } of text.matchAll(FILE))
      writeFileSync(join(folder, groups?.name ?? ""), groups?.content ?? "");
    symlinkSync(resolve(root, "examples"), join(folder, "examples"));
    return stepsOf(text).map(({ command }) => ({ command, output: outputOf(command, { root, folder }) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outputOf(command: string, { root, folder }: { readonly root: string; readonly folder: string }): string {
  const [program, ...words] = Array.from(
    command.matchAll(/"([^"]*)"|(\S+)/g),
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
  if (program !== "nabla") throw new Error(`a page runs nabla alone, found ${command}`);
  const { NABLA_STORE: _store, npm_command: _npm, npm_lifecycle_event: _event, ...clean } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [resolve(root, "packages/workbench/bin/nabla.js"), ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { ...clean, NO_COLOR: "1" },
  });
  return `${stdout}${stderr}`.trimEnd();
}

/** The text of a page with what its commands print now. */
function rewritten(text: string, steps: readonly Step[]): string {
  let at = 0;
  return text.replaceAll(CONSOLE, (_, session: string) => {
    const lines = stepsOf(`\`\`\`console\n${session}\`\`\``).map(({ command, output }) => {
      const step = steps[at++];
      return output === "" ? `$ ${command}\n` : `$ ${command}\n${step?.output}\n`;
    });
    return `\`\`\`console\n${lines.join("\n")}\`\`\``;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = process.argv.slice(2);
  for (const { name, path, text } of readPages(".")) {
    if (stepsOf(text).length === 0 || (flags.some((flag) => !flag.startsWith("--")) && !flags.includes(name))) continue;
    const steps = runSteps(".", text);
    for (const { command, output } of steps) console.log(`$ ${command}\n${output}\n`);
    if (flags.includes("--write")) writeFileSync(path, rewritten(text, steps));
  }
}
