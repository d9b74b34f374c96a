/** `nabla replay <run>` */
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
  const { replay } = await import("../runs/replay.ts");
  const { modelOf } = await import("../runs/stored-run.ts");
  const { changesOf } = await import("../live/journal.ts");
  const { loadModel } = await import("../store/model-folder.ts");
  const { openStore } = await import("../store/open.ts");
  const { count } = await import("nabla");
  const { watch } = await import("./watch.ts");
  const { store: place, json = false } = options;
  await using store = await openStore(place, { create: false });
  const first = await store.get(id);
  const expected = await loadModel(modelOf(first));
  const begin = (signal: AbortSignal): AsyncGenerator<RunEvent, void, undefined> => replay(first, { store, signal });
  const { run: again, model } = await watch(begin, { silent: json, onPlan: () => {} });
  const found = model === undefined ? undefined : await loadModel(model);
  const same = found?.sha256 === expected.sha256;
  const changes = changesOf(first.events).length;
  if (json) {
    const weights = { expected: expected.sha256, found: found?.sha256 ?? null };
    process.stdout.write(`${JSON.stringify({ run: again, parent: first.id, changes, same, weights })}\n`);
  } else {
    const word = same ? "the same weights as" : "not the same weights as";
    const with_ = changes === 0 ? "" : `, with ${count(changes, "change")} on the way`;
    process.stdout.write(
      `${again}: ${word} ${first.id}${same ? " to the last bit" : ""}${with_} (SHA-256 ${found?.sha256.slice(0, 12) ?? "none"}…)\n`,
    );
    const other = first.version === expected.library ? "" : ` under nabla ${expected.library}`;
    if (!same) process.stdout.write(`${first.id} has ${expected.sha256.slice(0, 12)}…${other}\n`);
  }
  if (!same) process.exitCode = 1;
}
