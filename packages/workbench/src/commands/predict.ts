/** `nabla predict <model> <file> [--out predictions.csv]` */
import type { Command } from "commander";
import { experimentFields } from "../experiment/fields.ts";
import { fieldOption } from "./field-option.ts";
import { withStore } from "./options.ts";

interface PredictOptions {
  readonly out?: string;
  readonly store?: string;
  readonly calibrated?: boolean;
  readonly skipBroken?: boolean;
  readonly maxPixels?: number;
}

export function configurePredict(command: Command): void {
  withStore(command)
    .argument("<model>", "a model folder, or a run")
    .argument(
      "<file>",
      "a table with the columns that the model was trained on, in any order; or a folder of images, or a single image",
    )
    .option("--out <file>", "where the predictions go as CSV (default: standard output)")
    .option("--calibrated", "calibrate probabilities on the dev set (temperature scaling)")
    .addOption(fieldOption("skipBroken", experimentFields.skipBroken))
    .addOption(fieldOption("maxPixels", experimentFields.maxPixels))
    .action(run);
}

async function run(place: string, file: string, { out, store, ...options }: PredictOptions): Promise<void> {
  const { findModel } = await import("../runs/find-model.ts");
  const { count, listing } = await import("nabla");
  const { predictFile } = await import("../runs/predict-file.ts");
  const { csvLines } = await import("../text/csv.ts");
  const { openOutput } = await import("../host/text-output.ts");
  const predicted = await predictFile(await findModel(place, store), file, options);
  const { extra, notices, header, chunks } = predicted;
  for (const { message } of notices) process.stderr.write(`note: ${message}\n`);
  if (extra.length > 0) {
    const named = extra.length > 5 ? [...extra.slice(0, 4), `${extra.length - 4} more`] : extra;
    process.stderr.write(
      `note: the model does not use ${extra.length === 1 ? "column" : "columns"} ${listing(named)}\n`,
    );
  }
  await using output = await openOutput(out, file);
  await output.write(csvLines([header]));
  let rows = 0;
  for await (const chunk of chunks) {
    rows += chunk.length;
    await output.write(csvLines(chunk));
  }
  await output.finish();
  if (out !== undefined) process.stderr.write(`${count(rows, "prediction")} in ${out}\n`);
}
