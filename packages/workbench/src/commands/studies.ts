/** `nabla studies` */
import type { Command } from "commander";
import { jsonOption, withStore } from "./options.ts";

/** Declares `nabla studies`: its arguments, its options and what it does. */
export function configureStudies(command: Command): void {
  withStore(command)
    .option(...jsonOption)
    .action(run);
}

async function run({ store: place, json }: { readonly store?: string; readonly json?: boolean }): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { openStudyStore } = await import("../store/open.ts");
  const { studiesText } = await import("../terminal/study-list.ts");
  await using store = await openStudyStore(place, { create: false });
  const studies = await store.listStudies();
  print(json, studies, () => (studies.length === 0 ? "no studies" : studiesText(studies)));
}
