/** `nabla rerun <run>` */
import type { Command } from "commander";
import type { RunEvent } from "../runs/run-events.ts";
import { withStore } from "./options.ts";

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(id: string, options: { readonly store?: string; readonly json?: boolean }): Promise<void> {
  const { differences, rerun } = await import("../runs/rerun.ts");
  const { openStore } = await import("../store/open.ts");
  const { watch } = await import("./watch.ts");
  const { store: place, json = false } = options;
  await using store = await openStore(place, { create: false });
  const first = await store.get(id);
  const begin = (signal: AbortSignal): AsyncGenerator<RunEvent, void, undefined> => rerun(first, { store, signal });
  const { run: again, outcome } = await watch(begin, { silent: json, onPlan: () => {} });
  const different = differences(first.outcome, outcome);
  const same = different.length === 0;
  const { cost, error } = outcome.dev ?? outcome.train;
  if (json) {
    process.stdout.write(`${JSON.stringify({ run: again, parent: first.id, same, different, cost, error })}\n`);
  } else if (same) {
    process.stdout.write(`${again}: the same as ${first.id} to the last bit (cost ${cost}, error ${error})\n`);
  } else {
    const { changesOf } = await import("../live/journal.ts");
    const clock = ["time", "stopped"].includes(first.outcome?.reason ?? "stopped");
    const touched = changesOf(first.events).length > 0;
    const why = touched
      ? `; ${first.id} was changed on the way, which \`nabla replay ${first.id}\` repeats`
      : clock
        ? `; ${first.id} was ended by a clock or by you, which \`nabla replay ${first.id}\` repeats`
        : "";
    process.stdout.write(`${again}: not the same as ${first.id}: ${different.join(", ")}${why}\n`);
  }
  if (!same) process.exitCode = 1;
}
