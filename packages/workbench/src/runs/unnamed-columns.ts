/** A model from elsewhere knows its columns by their place alone. */
import { count, NablaError, type Preparation } from "nabla";
import type { FileOptions } from "../sources/profile.ts";
import { columnNames } from "../sources/scan.ts";
import type { TrainedModel } from "../store/trained-model.ts";

/**
 * The model with the columns of this file under their names, in the file's order; a column called as the target stays
 * out, as do those to `keep`. Models that know their columns are given back as they are. Throws `data/columns` where there are more or fewer.
 */
export async function namedFor<M extends TrainedModel>(
  model: M,
  path: string,
  { keep = [], ...form }: FileOptions & { readonly keep?: readonly string[] } = {},
): Promise<M> {
  const { preparation, unnamed } = model;
  if (unnamed !== true || preparation.columns.some(({ kind }) => kind === "block")) return model;
  const names = await columnNames(path, form);
  const inputs = names.filter((name) => !keep.includes(name));
  return { ...model, preparation: inOrder(preparation, inputs) };
}

function inOrder(preparation: Preparation, names: readonly string[]): Preparation {
  const { columns, target } = preparation;
  const inputs = names.filter((name) => name !== target.name);
  if (inputs.length === columns.length)
    return { ...preparation, columns: columns.map((column, i) => ({ ...column, name: inputs[i] ?? column.name })) };
  throw new NablaError(
    "data/columns",
    `the model takes ${count(columns.length, "number")} a row, by their place, and the file has ${count(inputs.length, "column")}`,
    `keep only the inputs in the file; a column "${target.name}" is no input`,
  );
}
