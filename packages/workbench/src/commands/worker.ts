/** `nabla worker --store postgres://…` */

import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { compact, NablaError } from "nabla";
import { printError, printJson, printOut } from "../host/output.ts";
import type { WorkerEvent } from "../workers/worker.ts";
import { seconds, whole, withStore } from "./options.ts";

interface WorkerOptions {
  readonly store?: string;
  readonly study?: string;
  readonly slots?: number;
  readonly data?: string;
  readonly idle?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Declares `nabla worker`: its arguments, its options and what it does. */
export function configureWorker(command: Command): void {
  withStore(command)
    .option("--study <name>", "take the trials of this study alone, and end with it")
    .option("--slots <count>", "trials at a time, a thread each (default: the cores of this machine)", whole(1))
    .option("--data <folder>", "where the data files lie here, if not where the study began")
    .option("--idle <time>", "end after so long without a trial, such as 10m", seconds)
    .option("--json", "print each event as a line of JSON")
    .option("--quiet", "print nothing but what goes wrong")
    .action(run);
}

async function run({ store, study, slots, data, idle, json = false, quiet = false }: WorkerOptions): Promise<void> {
  const { findStore } = await import("../store/store-place.ts");
  const place = findStore(store, process.env, process.cwd());
  if (place.kind !== "postgres") throw noServer(place.shown);
  const { openStores } = await import("../store/open.ts");
  const { TrialQueue } = await import("../workers/trial-queue.ts");
  const { printWorkerEvent, workerEventDocument } = await import("../terminal/worker-events.ts");
  const { work } = await import("../workers/worker.ts");
  const stop = stopping(quiet || json);
  await using stores = await openStores(place, { signal: stop });
  await using queue = await TrialQueue.open(stores.database);
  const count = slots ?? availableParallelism();
  const onEvent = (event: WorkerEvent): void => {
    if (json) printJson(workerEventDocument(event));
    else if (!quiet || event.kind === "refused") printWorkerEvent(event);
  };
  if (!json && !quiet) printOut(`takes trials from ${place.shown}, ${count} at a time; Ctrl-C gives them back\n`);
  await work(compact({ studies: stores.studies, queue, slots: count, signal: stop, onEvent, study, data, idle }));
}

function noServer(shown: string): NablaError {
  return new NablaError(
    "worker/store",
    `workers share a PostgreSQL store, and ${shown} is a file of this machine`,
    "nabla worker --store postgres://user@host/database; `nabla tune` trains on this machine's cores by itself",
  );
}

/** Aborted by the first SIGINT or SIGTERM; the second ends the process as it is. */
function stopping(silent: boolean): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      if (!silent) printError("gives its trials back…\n");
      stop.abort();
    });
  }
  return stop.signal;
}
