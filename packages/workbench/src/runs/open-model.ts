/** A model of this machine, ready to answer rows of a program. */
import { type RowModel, type RowModelOptions, rowModel } from "nabla/answers";
import { findModel } from "./find-model.ts";

/** Options of `openModel`. */
export interface OpenModelOptions extends RowModelOptions {
  /** Where runs are stored; default as the command finds it. */
  readonly store?: string;
}

/**
 * A model folder, or the model of a run, as one that answers rows: `const model = await openModel("models/houses")`, then
 * `await model.predict({ area: 120, built: "1989-05-01" })`. Throws `model/…`, `run/…`, `store/…` and `predict/shape`.
 */
export async function openModel(place: string, { store, ...options }: OpenModelOptions = {}): Promise<RowModel> {
  return await rowModel(await findModel(place, store), options);
}
