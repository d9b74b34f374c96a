/** `nabla runs` */
import type { Command } from "commander";
import { compact } from "nabla";
import type { RunStatus } from "../store/run.ts";
import { jsonOption, oneOf, whole, withStore } from "./options.ts";

interface RunsOptions {
  readonly status?: RunStatus;
  readonly limit?: number;
  readonly archived?: boolean;
  readonly best?: boolean;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla runs`: its arguments, its options and what it does. */
export function configureRuns(command: Command): void {
  withStore(command)
    .option("--status <status>", "only those", oneOf("running", "finished", "stopped", "failed", "interrupted"))
    .option("--limit <count>", "only the latest", whole(1))
    .option("--best", "the best first, by what decided them on dev")
    .option("--archived", "only those that were archived, which are left out otherwise")
    .option(...jsonOption)
    .action(run);
}

async function run({ status, limit, archived = false, best = false, store: place, json }: RunsOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { openStore } = await import("../store/open.ts");
  const { runsText } = await import("../terminal/run-list.ts");
  await using store = await openStore(place, { create: false });
  const { bestFirst } = await import("../runs/best-first.ts");
  const listed = await store.list(compact({ status, limit: best ? undefined : limit, archived }));
  const runs = best ? bestFirst(listed).slice(0, limit) : listed;
  print(json, runs, () => (runs.length === 0 ? "no runs" : runsText(runs, { inOrder: best })));
}
