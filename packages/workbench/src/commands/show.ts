/** `nabla show <run or study>` */
import type { Command } from "commander";
import type { RunHistory } from "../store/run.ts";
import type { StoredStudy } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import { withStore } from "./options.ts";

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run or a study, or the start of its id")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(
  id: string,
  { store: place, json }: { readonly store?: string; readonly json?: boolean },
): Promise<void> {
  const { experimentOf } = await import("../runs/stored-run.ts");
  const { openStores } = await import("../store/open.ts");
  const { findStore } = await import("../store/place.ts");
  const { studyOf } = await import("./study-or-run.ts");
  const { kindText, networkText } = await import("../text/description.ts");
  const { runText } = await import("../terminal/run-list.ts");
  const { styleFor } = await import("../terminal/style.ts");
  await using stores = await openStores(findStore(place, process.env, process.cwd()), { create: false });
  const study = await studyOf(id, stores);
  if (study !== undefined) {
    await showStudy(study, stores.studies, { place, json: json === true });
    return;
  }
  const found = await stores.runs.get(id);
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
  { id, status, model, events }: RunHistory,
  place: string | undefined,
): Promise<readonly (readonly [string, string])[]> {
  const { commandLine, storeWords } = await import("./shell.ts");
  const line = (...words: readonly string[]): string => commandLine([...words, ...storeWords(place)]);
  if (status === "interrupted" || status === "stopped")
    return [[line("resume", id), "goes on from the last checkpoint"]];
  if (status === "running" && events.some(({ kind }) => kind === "live"))
    return [[line("adjust", id), "tells where it stands; with rate=1e-3 and the like it changes it"]];
  return model === undefined ? [] : [[line("evaluate", id, "--on", "test"), "opens the sealed test part"]];
}

async function showStudy(
  study: StoredStudy,
  studies: StudyStore,
  { place, json }: { readonly place: string | undefined; readonly json: boolean },
): Promise<void> {
  const { commandLine, storeWords } = await import("./shell.ts");
  const { studyText } = await import("../terminal/study-list.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const trials = await studies.trials(study.name);
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...study, trials })}\n`);
    return;
  }
  const line = (...words: readonly string[]): string => commandLine([...words, ...storeWords(place)]);
  const next = [
    [line("report", study.name), "tells all of it in one HTML file"],
    [line("tune", "--study", study.name), "goes on with it"],
  ] as const;
  process.stdout.write(`${studyText(study, trials, { style: styleFor(process.stdout), next })}\n`);
}
