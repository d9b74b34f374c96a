/** `nabla predict <model> <file> [--out predictions.csv]` */

import type { Command } from "commander";
import { list, textType } from "nabla/fields";
import { printError } from "../host/output.ts";
import { fileOptionsIn, withFile } from "./experiment-options.ts";
import { fieldOption } from "./field-option.ts";
import { withStore } from "./options.ts";

interface PredictOptions {
  readonly out?: string;
  readonly store?: string;
  readonly calibrated?: boolean;
  readonly raw?: boolean;
  readonly keep?: readonly string[];
  readonly [option: string]: unknown;
}

const keptColumns = list(textType, {
  optional: true,
  help: "columns of the file to write before the predictions, such as id,name",
  option: { argument: "columns" },
});

/** Declares `nabla predict`: its arguments, its options and what it does. */
export function configurePredict(command: Command): void {
  withFile(withStore(command))
    .argument("<model>", "a model folder, or a run")
    .argument(
      "<file>",
      "a table with the columns that the model was trained on, in any order; or a folder of images, or a single image",
    )
    .option("--out <file>", "where the predictions go as CSV (default: standard output)")
    .addOption(fieldOption("keep", keptColumns))
    .option("--calibrated", "calibrate probabilities, or say that the model cannot (default: where it can)")
    .option("--raw", "leave probabilities as the network gives them, without temperature scaling")
    .action(run);
}

async function run(place: string, file: string, { out, store, keep, ...options }: PredictOptions): Promise<void> {
  const { findModel } = await import("../runs/find-model.ts");
  const { compact, count, listing } = await import("nabla");
  const { predictFile } = await import("../runs/predict-file.ts");
  const { csvLines } = await import("../text/csv.ts");
  const { openOutput } = await import("../host/text-output.ts");
  const { calibrated, raw = false } = options;
  if (calibrated === true && raw) {
    const { NablaError } = await import("nabla");
    throw new NablaError("usage/both", "--calibrated and --raw ask for opposite things", "leave one of them out");
  }
  const chosen = raw ? { calibrated: false } : compact({ calibrated });
  const asked = compact({ ...chosen, keep: keep && [...new Set(keep)] });
  const predicted = await predictFile(await findModel(place, store), file, { ...asked, ...fileOptionsIn(options) });
  const { extra, notices, header, chunks, lateNotices } = predicted;
  for (const { message } of notices) printError(`note: ${message}\n`);
  if (extra.length > 0) {
    const named = extra.length > 5 ? [...extra.slice(0, 4), `${extra.length - 4} more`] : extra;
    printError(`note: the model does not use ${extra.length === 1 ? "column" : "columns"} ${listing(named)}\n`);
  }
  await using output = await openOutput(out, file);
  await output.write(csvLines([header]));
  let rows = 0;
  // one chunk is written while the next one is read and answered
  let written = Promise.resolve();
  for await (const chunk of chunks) {
    rows += chunk.length;
    const lines = csvLines(chunk);
    await written;
    if (output.isUnread()) return;
    written = output.write(lines);
    // a failure is thrown where it is awaited, after the next chunk
    written.catch(() => {});
  }
  await written;
  await output.finish();
  for (const { message } of lateNotices()) printError(`note: ${message}\n`);
  if (out !== undefined) printError(`${count(rows, "prediction")} in ${out}\n`);
}
