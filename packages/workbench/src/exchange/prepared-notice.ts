import type { TrainedModel } from "../store/trained-model.ts";

/** What the user of a file without table preprocessing has to do; nothing where no preprocessing is needed. */
export function preparedNotice({ preparation, unnamed }: TrainedModel): readonly string[] {
  if (unnamed === true || preparation.columns.some(({ kind }) => kind === "block")) return [];
  const message =
    "it takes the prepared numbers of a row: scaled, categories as ones and zeros; how, its metadata says";
  return [`${message} (onnx and js have the preparation inside)`];
}
