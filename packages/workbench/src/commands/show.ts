/** `nabla show <run>` */
import type { Command } from "commander";
import type { RunHistory } from "../store/run.ts";
import { withStore } from "./options.ts";

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(
  id: string,
  { store: place, json }: { readonly store?: string; readonly json?: boolean },
): Promise<void> {
  const { experimentOf } = await import("../experiment/stored-run.ts");
  const { openStore } = await import("../store/open.ts");
  const { kindText, networkText } = await import("../terminal/report.ts");
  const { runText } = await import("../terminal/run-list.ts");
  const { styleFor } = await import("../terminal/style.ts");
  await using store = await openStore(place, { create: false });
  const found = await store.get(id);
  if (json === true) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const { model, optimizer, schedule, penalty, batch, epochs, patience } = experimentOf(found);
  const training = [
    kindText(optimizer),
    `${kindText(schedule)} schedule`,
    ...(penalty === undefined ? [] : [`penalty ${kindText(penalty)}`]),
    `batches of ${batch}`,
    `at most ${epochs} epochs, patience ${patience}`,
  ];
  const choices = [
    ["Network", networkText(model, "inputs")],
    ["Training", training.join(", ")],
  ] as const;
  const style = styleFor(process.stdout);
  process.stdout.write(`${runText(found, { style, choices, next: await nextOf(found, place) })}\n`);
}

async function nextOf(
  { id, status, model }: RunHistory,
  place: string | undefined,
): Promise<readonly (readonly [string, string])[]> {
  const { commandLine, storeWords } = await import("./shell.ts");
  const line = (...words: readonly string[]): string => commandLine([...words, ...storeWords(place)]);
  if (status === "interrupted" || status === "stopped")
    return [[line("resume", id), "goes on from the last checkpoint"]];
  return model === undefined ? [] : [[line("evaluate", id, "--on", "test"), "opens the sealed test part"]];
}
