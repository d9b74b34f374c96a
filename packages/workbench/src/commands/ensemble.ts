/** `nabla ensemble <run> <run> … [--out DIR] [--top k] [--snapshots]` */
import type { Command } from "commander";
import { jsonOption, whole, withStore } from "./options.ts";

interface EnsembleOptions {
  readonly out: string;
  readonly top?: number;
  readonly snapshots?: boolean;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla ensemble`: its arguments, its options and what it does. */
export function configureEnsemble(command: Command): void {
  withStore(command)
    .argument("<runs...>", "runs, or the starts of their ids, that share data and parts")
    .option("--out <folder>", "where the model goes", "ensemble")
    .option("--top <count>", "only the best of them on dev", whole(1))
    .option("--snapshots", "the snapshots of each run (trained with --schedule cyclic) in place of its model")
    .option(...jsonOption)
    .action(run);
}

async function run(ids: readonly string[], { out, store: place, json, ...options }: EnsembleOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { ensembleDocument, ensembleText } = await import("../terminal/ensemble.ts");
  const { ensembleRuns } = await import("../runs/ensemble-runs.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const ensemble = await ensembleRuns(ids, { store, output: out, ...options });
  print(json, ensembleDocument(ensemble), () => ensembleText(ensemble));
}
