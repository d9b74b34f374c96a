/** `nabla replay <run>` */
import type { Command } from "commander";
import type { RunEvent, RunResult } from "../runs/run-events.ts";
import { jsonOption, withStore } from "./options.ts";

/** Declares `nabla replay`: its arguments, its options and what it does. */
export function configureReplay(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option(...jsonOption)
    .action(run);
}

async function run(id: string, options: { readonly store?: string; readonly json?: boolean }): Promise<void> {
  const { replay } = await import("../runs/replay.ts");
  const { modelOf } = await import("../store/run-model.ts");
  const { loadModel } = await import("../store/model-folder.ts");
  const { openStore } = await import("../store/open.ts");
  const { print } = await import("../terminal/print.ts");
  const { replayDocument, replayText, sameWeights } = await import("../terminal/repetition.ts");
  const { watch } = await import("../terminal/watch-run.ts");
  const { store: place, json = false } = options;
  await using store = await openStore(place, { create: false });
  const first = await store.get(id);
  const expected = await loadModel(modelOf(first));
  const begin = (signal: AbortSignal): AsyncGenerator<RunEvent, RunResult, undefined> =>
    replay(first, { store, signal });
  const { run: again, model } = await watch(begin, { silent: json, onPlan: () => {} });
  const found = model === undefined ? undefined : await loadModel(model);
  const replayed = { first, run: again, expected, found };
  print(json, replayDocument(replayed), () => replayText(replayed));
  if (!sameWeights(replayed)) process.exitCode = 1;
}
