/** `nabla explain <run> [--data new.csv]` */
import type { Command } from "commander";
import { jsonOption, whole, withStore } from "./options.ts";

interface ExplainOptions {
  readonly data?: string;
  readonly rows: number;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla explain`: its arguments, its options and what it does. */
export function configureExplain(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--data <file>", "explain predictions for the first rows of this file, or pictures of this folder, too")
    .option("--rows <count>", "how many of its rows or pictures", whole(1), 3)
    .option(...jsonOption)
    .action(run);
}

async function run(id: string, { data, rows, store: place, json }: ExplainOptions): Promise<void> {
  const { compact } = await import("nabla");
  const { print } = await import("../terminal/print.ts");
  const { explanationDocument, explanationText } = await import("../terminal/explanation.ts");
  const { explainRun } = await import("../runs/explain-run.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const found = await explainRun(id, compact({ store, data, rows }));
  print(json, explanationDocument(found), () => explanationText(found));
}
