import type { TrainedModel } from "../store/trained-model.ts";

/** What a file without the preparation of tables asks of whoever uses it; nothing where there is none to do. */
export function preparedNotice({ preparation, unnamed }: TrainedModel): readonly string[] {
  if (unnamed === true || preparation.columns.some(({ kind }) => kind === "block")) return [];
  const message =
    "it takes the prepared numbers of a row: scaled, categories as ones and zeros; how, its metadata says";
  return [`${message} (onnx and js have the preparation inside)`];
}
