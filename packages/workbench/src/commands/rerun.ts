/** `nabla rerun <run>` */
import type { Command } from "commander";
import type { RunEvent, RunResult } from "../runs/run-events.ts";
import { jsonOption, withStore } from "./options.ts";

/** Declares `nabla rerun`: its arguments, its options and what it does. */
export function configureRerun(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option(...jsonOption)
    .action(run);
}

async function run(id: string, options: { readonly store?: string; readonly json?: boolean }): Promise<void> {
  const { differences, rerun } = await import("../runs/rerun.ts");
  const { openStore } = await import("../store/open.ts");
  const { print } = await import("../terminal/print.ts");
  const { rerunDocument, rerunText } = await import("../terminal/repetition.ts");
  const { watch } = await import("../terminal/watch-run.ts");
  const { store: place, json = false } = options;
  await using store = await openStore(place, { create: false });
  const first = await store.get(id);
  const begin = (signal: AbortSignal): AsyncGenerator<RunEvent, RunResult, undefined> =>
    rerun(first, { store, signal });
  const { run: again, outcome } = await watch(begin, { silent: json, onPlan: () => {} });
  const different = differences(first.outcome, outcome);
  const found = { first, run: again, outcome, different };
  print(json, rerunDocument(found), () => rerunText(found));
  if (different.length > 0) process.exitCode = 1;
}
