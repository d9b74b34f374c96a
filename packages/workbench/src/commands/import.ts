/** `nabla import <file> [--onto experiment.yaml] [--out FOLDER]` */
import { type Command, InvalidArgumentError } from "commander";
import { jsonOption } from "./options.ts";

interface ImportOptions {
  readonly onto?: string;
  readonly shape?: readonly number[];
  readonly out?: string;
  readonly json?: boolean;
}

/** Declares `nabla import`: its arguments, its options and what it does. */
export function configureImport(command: Command): void {
  command
    .argument(
      "<file>",
      "an .onnx, .safetensors, .keras, .h5, .npz, .npy, .pt or .pth file, or a TensorFlow.js model.json",
    )
    .option("--onto <config>", "an experiment.yaml whose network takes the weights")
    .option("--shape <shape>", "the shape of one example, such as 28x28x1, or 20 for a row of 20 numbers", shapeOf)
    .option("--out <folder>", "where the model goes (default: .nabla/models/<file>)")
    .option(...jsonOption)
    .action(run);
}

function shapeOf(text: string): readonly number[] {
  const lengths = text.split(/[x×]/).map(Number);
  if (lengths.every((length) => Number.isSafeInteger(length) && length > 0)) return lengths;
  throw new InvalidArgumentError("It is written as whole numbers with x between, such as 28x28x1 or 20.");
}

async function run(file: string, { out, json = false, ...options }: ImportOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { importedDocument, importedText } = await import("../terminal/imported.ts");
  const { basename, join } = await import("node:path");
  const { NablaError } = await import("nabla");
  const { importModel } = await import("../exchange/import-model.ts");
  const { checkOutput } = await import("../store/model-output.ts");
  const { saveTrained } = await import("../store/trained-model.ts");
  const folder = out ?? join(".nabla", "models", basename(file).replace(/\.[^.]*$/, ""));
  await checkOutput(folder);
  const imported = await importModel(file, options);
  const missing = imported.loaded?.missing.length ?? 0;
  if (missing === 0) await saveTrained(folder, imported.model);
  print(json, importedDocument(imported, folder), () => importedText(imported, folder, file));
  if (missing === 0) return;
  const { count } = await import("nabla");
  const message = `${count(missing, "array")} of the network found nothing in ${file}, so no model was written`;
  throw new NablaError("import/unfit", message, "compare the shapes above with the layers of the experiment");
}
