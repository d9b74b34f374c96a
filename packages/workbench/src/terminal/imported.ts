/** What an import found. */
import { count } from "nabla";
import type { Imported } from "../exchange/import-model.ts";
import { networkText } from "../text/description.ts";
import { clip, grid } from "../text/layout.ts";
import { here } from "./command-line.ts";
import { factsText } from "./facts.ts";
import { styleFor } from "./style.ts";

/** The one document that --json prints. */
export function importedDocument(
  { format, model: { trained, unnamed }, notices, loaded }: Imported,
  folder: string,
): object {
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

/** What was read, and where each array went. */
export function importedText(imported: Imported, folder: string, file: string): string {
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
  const text = factsText(facts, styleFor(process.stdout));
  if (loaded === undefined) return text;
  const rows = loaded.rows.map(({ to, shape, from = "", how }) => [clip(to, 30), shape.join("x"), clip(from, 26), how]);
  const unused = loaded.unused.map(({ name, shape }) => ["", shape.join("x"), clip(name, 26), "not used"]);
  const columns = ["nabla", "shape", "file", "how"].map((title) => ({ title, align: "left" }) as const);
  return `${text}\n\n${grid(columns, [...rows, ...unused])}`;
}

/** What input the model takes: the columns of a table by name or by position, or images. */
function takesText({ preparation, unnamed, trained: { shape } }: Imported["model"]): string {
  const image = preparation.columns.some(({ kind }) => kind === "block");
  if (image && shape.length === 3) return `images of ${shape.join("x")}: a folder of PNG or JPEG files, or an IDX file`;
  if (image) return `examples of shape [${shape.join(", ")}], in programs: predict(trained, inputs)`;
  if (unnamed === true)
    return `rows of ${shape[0]} plain numbers in order, as they are: a table's columns by their place`;
  return "tables with the columns that it was trained on, by their names";
}
