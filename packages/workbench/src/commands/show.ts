/** `nabla show <run or study>` */
import type { Command } from "commander";
import { jsonOption, withStore } from "./options.ts";

/** Declares `nabla show`: its arguments, its options and what it does. */
export function configureShow(command: Command): void {
  withStore(command)
    .argument("<run>", "a run or a study, or the start of its id")
    .option(...jsonOption)
    .action(run);
}

async function run(
  id: string,
  { store: place, json }: { readonly store?: string; readonly json?: boolean },
): Promise<void> {
  const { experimentOf } = await import("../runs/stored-run.ts");
  const { openStores } = await import("../store/open.ts");
  const { findStore } = await import("../store/store-place.ts");
  const { findStudy } = await import("../store/find-study.ts");
  const { print } = await import("../terminal/print.ts");
  const { runText } = await import("../terminal/run-list.ts");
  const { studyText } = await import("../terminal/study-list.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const style = styleFor(process.stdout);
  const shown = place === undefined ? { style } : { style, place };
  await using stores = await openStores(findStore(place, process.env, process.cwd()), { create: false });
  const study = await findStudy(id, stores);
  if (study !== undefined) {
    const trials = await stores.studies.trials(study.name);
    print(json, { ...study, trials }, () => studyText(study, trials, shown));
    return;
  }
  const run = await stores.runs.get(id);
  print(json, run, () => runText(run, experimentOf(run), shown));
}
