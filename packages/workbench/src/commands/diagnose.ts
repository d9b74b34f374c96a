/** `nabla diagnose <run>` */

import type { Command } from "commander";
import { experimentFields } from "../experiment/fields.ts";
import { printError } from "../host/output.ts";
import { fieldOption } from "./field-option.ts";
import { jsonOption, withStore } from "./options.ts";

interface DiagnoseOptions {
  readonly human?: number;
  readonly curve?: boolean;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla diagnose`: its arguments, its options and what it does. */
export function configureDiagnose(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .addOption(
      fieldOption("human", experimentFields.human, { help: "human-level error (default: the run's own, else 0)" }),
    )
    .option("--curve", "train on growing shares of the rows, to see how much more data would help")
    .option(...jsonOption)
    .action(run);
}

async function run(id: string, { human, curve, store: place, json = false }: DiagnoseOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { diagnosisText } = await import("../terminal/diagnosis.ts");
  const { diagnoseRun } = await import("../runs/diagnose-run.ts");
  const { openStore } = await import("../store/open.ts");
  const { percent } = await import("../text/format.ts");
  await using store = await openStore(place, { create: false });
  const onPoint = ({ rows, error }: { readonly rows: number; readonly error: number }): void => {
    if (!json) printError(`${rows} rows: dev error ${percent(error)}\n`);
  };
  const found = await diagnoseRun(id, {
    store,
    onPoint,
    ...(human === undefined ? {} : { human }),
    ...(curve === undefined ? {} : { curve }),
  });
  print(json, found, () => diagnosisText(found));
}
