import { targetBounds } from "nabla";
import type { TrainedModel } from "../store/trained-model.ts";
import { number } from "../text/format.ts";

/** What the user of a file without table preprocessing has to do; nothing where no preprocessing is needed. */
export function preparedNotice(model: TrainedModel): readonly string[] {
  const { preparation, unnamed } = model;
  if (unnamed === true || preparation.columns.some(({ kind }) => kind === "block")) return [];
  const message =
    "it takes the prepared numbers of a row: scaled, categories as ones and zeros; how, its metadata says";
  return [`${message} (onnx and js have the preparation inside)`, ...seriesNotice(model)];
}

/** Of a model of series the columns are features of the past, and the answer is a difference. */
export function seriesNotice({ preparation: { series, target } }: TrainedModel): readonly string[] {
  if (series === undefined) return [];
  const { reference } = series.recipe;
  const from = reference === 0 ? "its last known value" : `its value ${reference} steps before`;
  return [
    `its columns are features of the past, as seriesTable() of nabla makes them, and it answers by how much ${target.name} differs from ${from}`,
  ];
}

/** Layers of Keras do not end numbers to predict at their bounds. */
export function boundsNotice({ preparation: { target } }: TrainedModel): readonly string[] {
  const bounds = target.kind === "number" ? targetBounds(target) : undefined;
  if (bounds === undefined) return [];
  const { from, to } = bounds;
  return [
    `nabla predicts ${target.name} between ${number(from)} and ${number(to)}, and this file does not end there (onnx and js do)`,
  ];
}

/** Layers of float32 bring numbers to predict into their own unit: what of a target they lose. */
export function roundedNotice({ preparation: { target } }: TrainedModel): readonly string[] {
  if (target.kind !== "number" || target.scale !== undefined) return [];
  const step = Math.abs(target.mean) * 2 ** -23;
  if (step <= MOST_ROUNDED * target.deviation) return [];
  return [
    `it answers in float32, which holds ${target.name} to about ${step.toPrecision(1)} only (onnx and js hold it whole)`,
  ];
}

/** In standard deviations, as of inputs. */
const MOST_ROUNDED = 2e-5;
