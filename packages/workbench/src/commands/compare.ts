/** `nabla compare <run> <run> …` */
import type { Command } from "commander";
import { jsonOption, withStore } from "./options.ts";

interface CompareOptions {
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla compare`: its arguments, its options and what it does. */
export function configureCompare(command: Command): void {
  withStore(command)
    .argument("<runs...>", "runs, or the starts of their ids, that share data and parts")
    .option(...jsonOption)
    .action(run);
}

async function run(ids: readonly string[], { store: place, json }: CompareOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { comparisonDocument, comparisonText } = await import("../terminal/comparison.ts");
  const { compareRuns } = await import("../runs/compare-runs.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const comparison = await compareRuns(ids, store);
  print(json, comparisonDocument(comparison), () => comparisonText(comparison));
}
