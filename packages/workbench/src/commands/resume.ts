/** `nabla resume <run>` */
import type { Command } from "commander";
import { jsonOption, quietOption, withStore } from "./options.ts";

interface ResumeOptions {
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly live?: boolean;
  readonly set: readonly string[];
}

/** Declares `nabla resume`: its arguments, its options and what it does. */
export function configureResume(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--out <folder>", "another folder for the model")
    .option("--live", "let `nabla adjust` change it from another terminal")
    .option("--set <setting=value>", "change a setting before its first step, as rate=3e-4; needs --live", collect, [])
    .option(...jsonOption)
    .option(...quietOption)
    .action(run);
}

function collect(word: string, before: readonly string[]): readonly string[] {
  return [...before, word];
}

async function run(id: string, options: ResumeOptions): Promise<void> {
  const { out, store: place, json = false, quiet = false, live = false } = options;
  const { resumeRun } = await import("../runs/resume-run.ts");
  const { openStore } = await import("../store/open.ts");
  const { present } = await import("../terminal/present-run.ts");
  const { reportBeside } = await import("../report/report-beside.ts");
  const set = await settingsOf(options);
  await using store = await openStore(place, { create: false });
  const output = out === undefined ? {} : { output: out };
  const shown = { json, quiet, report: reportBeside(place), ...(place === undefined ? {} : { place }) };
  await present((signal) => resumeRun(id, { store, signal, live, set, ...output }), shown);
}

/** The settings of --set. Throws `usage/…`. */
async function settingsOf({ set, live = false }: ResumeOptions): Promise<Readonly<Record<string, number>>> {
  const { parseLiveCommands } = await import("../live/live-command.ts");
  const { NablaError } = await import("nabla");
  const acts = parseLiveCommands(set);
  const [only, more] = acts;
  if (only === undefined) return {};
  if (!live) throw new NablaError("usage/live", "--set changes a live training", "add --live");
  if (only.kind === "set" && more === undefined) return only.settings;
  throw new NablaError("usage/set", "--set takes settings alone, as --set rate=3e-4", "pause it with `nabla adjust`");
}
