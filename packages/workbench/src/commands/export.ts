/** `nabla export <model> --format onnx|keras|… [--out FILE]` */
import type { Command } from "commander";
import { jsonOption, withStore } from "./options.ts";

interface ExportOptions {
  readonly format: string;
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla export`: its arguments, its options and what it does. */
export function configureExport(command: Command): void {
  withStore(command)
    .argument("<model>", "a model folder or .nabla file, or a run")
    .requiredOption("--format <format>", "onnx, safetensors, keras, tfjs, npz, js or nabla")
    .option("--out <file>", "where it goes (default: in this folder, called as the model)")
    .option(...jsonOption)
    .action(run);
}

async function run(place: string, { format, out, store, json }: ExportOptions): Promise<void> {
  const { compact } = await import("nabla");
  const { findModel } = await import("../runs/find-model.ts");
  const { print } = await import("../terminal/print.ts");
  const { exportedText } = await import("../terminal/exported.ts");
  const { basename, resolve } = await import("node:path");
  const { exportModel } = await import("../exchange/export-model.ts");
  const { formatNamed } = await import("../exchange/find-format.ts");
  formatNamed(format);
  const model = await findModel(place, store);
  const name = basename(resolve(place), ".nabla");
  const { trainingRows } = await import("../exchange/training-rows.ts");
  const rows = await trainingRows(model, store);
  const exported = await exportModel(model, { format, name, ...compact({ output: out, rows }) });
  print(json, { format, ...exported }, () => exportedText(format, exported));
}
