/** `nabla predict <model> <file> [--out predictions.csv]` */

import type { Command } from "commander";
import { list, number, text, textType, wholeNumber } from "nabla/fields";
import { printError } from "../host/output.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { fileOptionsIn, withFile } from "./experiment-options.ts";
import { fieldOption } from "./field-option.ts";
import { withStore } from "./options.ts";

interface PredictOptions {
  readonly out?: string;
  readonly store?: string;
  readonly calibrated?: boolean;
  readonly raw?: boolean;
  readonly keep?: readonly string[];
  readonly interval?: number;
  readonly steps?: number;
  readonly from?: string;
  readonly [option: string]: unknown;
}

const keptColumns = list(textType, {
  optional: true,
  help: "columns of the file to write before the predictions, such as id,name",
  option: { argument: "columns" },
});

/** Also of `nabla serve`. */
export const intervalField = number({
  above: 0,
  below: 100,
  optional: true,
  help: "where true values lie in so many of 100 rows: lower and upper of numbers, the set of possible classes; such as 90",
  option: { argument: "percent" },
});

const steps = wholeNumber({
  atLeast: 1,
  optional: true,
  help: "of a model of series: how many steps are forecast after the last known row (default: as many as it looks ahead)",
  option: { argument: "count" },
});

const from = text({
  optional: true,
  help: "of a model of series: a file with the rows to go on from, where those of training are not the last",
  option: { argument: "file" },
});

/** Declares `nabla predict`: its arguments, its options and what it does. */
export function configurePredict(command: Command): void {
  withFile(withStore(command))
    .argument("<model>", "a model folder or .nabla file, or a run")
    .argument(
      "[file]",
      "a table with the columns that the model was trained on, in any order; or a folder of images, or a single image; of a model of series rows to come",
    )
    .option("--out <file>", "where the predictions go as CSV (default: standard output)")
    .addOption(fieldOption("keep", keptColumns))
    .addOption(fieldOption("interval", intervalField))
    .addOption(fieldOption("steps", steps))
    .addOption(fieldOption("from", from))
    .option("--calibrated", "calibrate probabilities, or say that the model cannot (default: where it can)")
    .option("--raw", "leave probabilities as the network gives them, without temperature scaling")
    .action(run);
}

async function run(place: string, file: string | undefined, options: PredictOptions): Promise<void> {
  const { findModel } = await import("../runs/find-model.ts");
  const { store } = options;
  const model = await findModel(place, store);
  const isOfSeries = model.preparation.series !== undefined;
  if (isOfSeries || options.steps !== undefined || options.from !== undefined)
    return await goOn(model, options, file ?? options.from);
  if (file !== undefined) return await predictRows(model, file, options);
  const { NablaError } = await import("nabla");
  throw new NablaError("usage/no-data", "no file with rows to predict was named", "nabla predict model new.csv");
}

/** Forecasts that go on from the rows of training, or from those of a file. */
async function goOn(
  model: TrainedModel,
  { out, keep, steps, interval, ...options }: PredictOptions,
  from: string | undefined,
): Promise<void> {
  const { compact, count, NablaError } = await import("nabla");
  const { forecastFile } = await import("../runs/forecast-file.ts");
  const { csvLines } = await import("../text/csv.ts");
  const { openOutput } = await import("../host/text-output.ts");
  if (keep !== undefined)
    throw new NablaError("predict/keep", "a forecast has the columns of time and group alone", "leave out --keep");
  const found = await forecastFile(
    model,
    compact({ steps, from, interval: interval && interval / 100, ...fileOptionsIn(options) }),
  );
  await using output = await openOutput(out, from ?? "");
  await output.write(csvLines([found.header, ...found.rows]));
  await output.finish();
  if (out !== undefined) printError(`${count(found.rows.length, "forecast")} in ${out}\n`);
}

async function predictRows(
  model: TrainedModel,
  file: string,
  { out, keep, ...options }: PredictOptions,
): Promise<void> {
  const { compact, count, listing } = await import("nabla");
  const { predictFile } = await import("../runs/predict-file.ts");
  const { csvLines } = await import("../text/csv.ts");
  const { openOutput } = await import("../host/text-output.ts");
  const { calibrated, raw = false, interval } = options;
  if (calibrated === true && raw) {
    const { NablaError } = await import("nabla");
    throw new NablaError("usage/both", "--calibrated and --raw ask for opposite things", "leave one of them out");
  }
  const chosen = raw ? { calibrated: false } : compact({ calibrated });
  const asked = compact({ ...chosen, keep: keep && [...new Set(keep)], interval: interval && interval / 100 });
  const predicted = await predictFile(model, file, { ...asked, ...fileOptionsIn(options) });
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
