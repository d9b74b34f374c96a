/** `nabla import <file> [--onto experiment.yaml] [--out FOLDER]` */
import { type Command, InvalidArgumentError } from "commander";
import type { Imported } from "../exchange/import-model.ts";

interface ImportOptions {
  readonly onto?: string;
  readonly shape?: readonly number[];
  readonly out?: string;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  command
    .argument(
      "<file>",
      "an .onnx, .safetensors, .keras, .h5, .npz, .npy, .pt or .pth file, or a TensorFlow.js model.json",
    )
    .option("--onto <config>", "an experiment.yaml whose network takes the weights")
    .option("--shape <shape>", "the shape of one example, such as 28x28x1, or 20 for a row of 20 numbers", shapeOf)
    .option("--out <folder>", "where the model goes (default: .nabla/models/<file>)")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

function shapeOf(text: string): readonly number[] {
  const lengths = text.split(/[x×]/).map(Number);
  if (lengths.every((length) => Number.isSafeInteger(length) && length > 0)) return lengths;
  throw new InvalidArgumentError("It is written as whole numbers with x between, such as 28x28x1 or 20.");
}

async function run(file: string, { out, json = false, ...options }: ImportOptions): Promise<void> {
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
  process.stdout.write(
    json ? `${JSON.stringify(documentOf(imported, folder))}\n` : await textOf(imported, folder, file),
  );
  if (missing === 0) return;
  const { count } = await import("nabla");
  const message = `${count(missing, "array")} of the network found nothing in ${file}, so no model was written`;
  throw new NablaError("import/unfit", message, "compare the shapes above with the layers of the experiment");
}

function documentOf({ format, model: { trained, unnamed }, notices, loaded }: Imported, folder: string): object {
  const { shape, loss, classes, model } = trained;
  return {
    format,
    ...(loaded === undefined || loaded.missing.length === 0 ? { model: folder } : {}),
    shape,
    layers: { kind: model.kind, ...model.options },
    loss: loss.kind,
    ...(classes === undefined ? {} : { classes }),
    named: unnamed !== true,
    notices,
    ...(loaded === undefined ? {} : { weights: loaded.rows, unused: loaded.unused }),
  };
}

async function textOf(imported: Imported, folder: string, file: string): Promise<string> {
  const { count } = await import("nabla");
  const { clip, grid } = await import("../text/layout.ts");
  const { factsText } = await import("../terminal/facts.ts");
  const { networkText } = await import("../text/description.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const { here } = await import("./shell.ts");
  const { format, model, notices, loaded } = imported;
  const { trained } = model;
  const layers = { kind: trained.model.kind, ...trained.model.options };
  const numbers = [...trained.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const written = loaded === undefined || loaded.missing.length === 0;
  const facts: (readonly [string, string])[] = [
    ["Read", `${file}, ${format}: ${count(numbers, "number")}`],
    ["Network", networkText(layers, trained.shape.join("x"))],
    ...notices.map((message): readonly [string, string] => ["Note", message]),
    ...(written
      ? ([
          ["Model", here(folder)],
          ["Takes", takesText(model)],
        ] as const)
      : []),
  ];
  const text = `${factsText(facts, styleFor(process.stdout))}\n`;
  if (loaded === undefined) return text;
  const rows = loaded.rows.map(({ to, shape, from = "", how }) => [clip(to, 30), shape.join("x"), clip(from, 26), how]);
  const unused = loaded.unused.map(({ name, shape }) => ["", shape.join("x"), clip(name, 26), "not used"]);
  const columns = ["nabla", "shape", "file", "how"].map((title) => ({ title, align: "left" }) as const);
  return `${text}\n${grid(columns, [...rows, ...unused])}\n`;
}

/** What can be asked of the model: the columns of a table by name or by place, or images. */
function takesText({ preparation, unnamed, trained: { shape } }: Imported["model"]): string {
  const image = preparation.columns.some(({ kind }) => kind === "block");
  if (image && shape.length === 3) return `images of ${shape.join("x")}: a folder of PNG or JPEG files, or an IDX file`;
  if (image) return `examples of shape [${shape.join(", ")}], in programs: predict(trained, inputs)`;
  if (unnamed === true)
    return `rows of ${shape[0]} plain numbers in order, as they are: a table's columns by their place`;
  return "tables with the columns that it was trained on, by their names";
}
