/** `nabla resume <run>` */
import type { Command } from "commander";
import { withStore } from "./options.ts";

interface ResumeOptions {
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--out <folder>", "another folder for the model")
    .option("--json", "print one JSON document and nothing else")
    .option("--quiet", "print no progress, and one line at the end")
    .action(run);
}

async function run(id: string, { out, store: place, json = false, quiet = false }: ResumeOptions): Promise<void> {
  const { resumeRun } = await import("../experiment/resume-run.ts");
  const { openStore } = await import("../store/open.ts");
  const { present } = await import("./present.ts");
  const { reportBeside } = await import("./report-beside.ts");
  await using store = await openStore(place, { create: false });
  const output = out === undefined ? {} : { output: out };
  const shown = { json, quiet, report: reportBeside(place), ...(place === undefined ? {} : { place }) };
  await present((signal) => resumeRun(id, { store, signal, ...output }), shown);
}
