/** `nabla compare <run> <run> …` */
import type { Command } from "commander";
import { jsonOption, withStore } from "./options.ts";

interface CompareOptions {
  readonly measure?: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla compare`: its arguments, its options and what it does. */
export function configureCompare(command: Command): void {
  withStore(command)
    .argument("<runs...>", "runs, or the starts of their ids, that share data and parts")
    .option("--measure <name>", "what decides, such as auc or rmse (default: what decided the first run)")
    .option(...jsonOption)
    .action(run);
}

async function run(ids: readonly string[], { measure, store: place, json }: CompareOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { comparisonDocument, comparisonText } = await import("../terminal/comparison.ts");
  const { compareRuns } = await import("../runs/compare-runs.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const comparison = await compareRuns(ids, store, { measure });
  print(json, comparisonDocument(comparison), () => comparisonText(comparison));
}
