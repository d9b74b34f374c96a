/** `nabla ensemble <run> <run> … [--out DIR] [--top k] [--snapshots]` */
import type { Command } from "commander";
import type { Ensemble } from "../runs/ensemble-runs.ts";
import { whole, withStore } from "./options.ts";

interface EnsembleOptions {
  readonly out: string;
  readonly top?: number;
  readonly snapshots?: boolean;
  readonly store?: string;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  withStore(command)
    .argument("<runs...>", "runs, or the starts of their ids, that share data and parts")
    .option("--out <folder>", "where the model goes", "ensemble")
    .option("--top <count>", "only the best of them on dev", whole(1))
    .option("--snapshots", "the snapshots of each run (trained with --schedule cyclic) in place of its model")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(ids: readonly string[], { out, store: place, json, ...options }: EnsembleOptions): Promise<void> {
  const { ensembleRuns } = await import("../runs/ensemble-runs.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const ensemble = await ensembleRuns(ids, { store, output: out, ...options });
  process.stdout.write(json === true ? `${JSON.stringify(documentOf(ensemble))}\n` : await textOf(ensemble));
}

function documentOf({ output, members, gain, rows }: Ensemble): object {
  return {
    model: output,
    on: "dev",
    rows,
    members: members.map(({ name, dev }) => ({ name, error: dev.error, cost: dev.cost })),
    error: gain.ensemble.error,
    cost: gain.ensemble.cost,
    gainOverBest: gain.overBest,
    gainOverMean: gain.overMean,
  };
}

async function textOf({ output, members, gain, rows }: Ensemble): Promise<string> {
  const { count } = await import("nabla");
  const { percent } = await import("../text/format.ts");
  const { factsText } = await import("../terminal/facts.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const { here } = await import("./shell.ts");
  const compared = (difference: number, whom: string): string =>
    difference === 0
      ? `the same error as ${whom}`
      : `${percent(Math.abs(difference))} ${difference > 0 ? "less" : "more"} error than ${whom}`;
  const facts: (readonly [string, string])[] = [
    ["Members", members.map(({ name, dev }) => `${name} (dev ${percent(dev.error)})`).join("; ")],
    ["Ensemble", `dev ${percent(gain.ensemble.error)} on ${count(rows, "row")}`],
    ["Gain", `${compared(gain.overBest, "the best member")}, ${compared(gain.overMean, "their mean")}`],
    ["Model", here(output)],
  ];
  return `${factsText(facts, styleFor(process.stdout))}\n`;
}
