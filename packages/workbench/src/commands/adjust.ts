/** `nabla adjust <run> rate=3e-4 …` */

import type { Command } from "commander";
import { printError } from "../host/output.ts";
import { jsonOption, withStore } from "./options.ts";

interface AdjustOptions {
  readonly name?: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla adjust`: its arguments, its options and what it does. */
export function configureAdjust(command: Command): void {
  withStore(command)
    .argument("<run>", "a run that trains with --live, or the start of its id")
    .argument(
      "[acts...]",
      "settings as rate=3e-4 or keep.2=0.7, pause, continue, step, stop, undo, fork, watch; none: its status",
    )
    .option("--name <name>", "what a fork is called")
    .option(...jsonOption)
    .action(run);
}

async function run(id: string, words: readonly string[], options: AdjustOptions): Promise<void> {
  const { parseLiveCommands } = await import("../live/live-command.ts");
  const { adjustRun } = await import("../live/call.ts");
  const { openStore } = await import("../store/open.ts");
  const { doneText } = await import("../terminal/done-commands.ts");
  const { print } = await import("../terminal/print.ts");
  const { store: place, json = false, name } = options;
  const acts = parseLiveCommands(words, name);
  await using store = await openStore(place, { create: false });
  const waiting = (): void => {
    printError("waiting for the end of its batch\n");
  };
  const done = await adjustRun(id, acts, { store, waiting });
  const last = done.at(-1)?.kind;
  const stopped = last === "stop" || (last === "undo" && (await store.get(id)).status === "stopped");
  print(json, { done }, () => doneText(done, { place, ...(stopped ? { stopped: id } : {}) }));
}
