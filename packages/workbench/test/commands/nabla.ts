/** Runs the real binary as a user does. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../../bin/nabla.js", import.meta.url));
const data = (name: string): string => fileURLToPath(new URL(`../../../../examples/data/${name}`, import.meta.url));

export const digits = data("digits.csv");
export const penguins = data("penguins.csv");

/** What a command said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command on its way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A folder to work in, gone after the test. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nabla-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunOptions {
  readonly folder: string;
  readonly node?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `nabla …` in a folder, without anything of this process's npm or store around it. */
export function start(words: readonly string[], { folder, node = [], environment = {} }: RunOptions): Running {
  const { NABLA_STORE: _store, npm_command: _npm, npm_lifecycle_event: _event, ...clean } = process.env;
  const child = spawn(process.execPath, [...node, bin, ...words], {
    cwd: folder,
    env: { ...clean, NO_COLOR: "1", ...environment },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs `nabla …` to its end. */
export async function nabla(words: readonly string[], options: RunOptions): Promise<Ended> {
  return await start(words, options).ended;
}
