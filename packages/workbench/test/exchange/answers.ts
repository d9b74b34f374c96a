/** What a model that was read answers for plain numbers, through its own preparation. */
import { type NdArray, ndarray, predict, preparedInputs, restoreTargets, type Table } from "nabla";
import type { TrainedModel } from "../../src/store/trained-model.ts";

/** What another framework was asked, and what it answered. */
export interface Expected {
  readonly shape: readonly number[];
  readonly inputs: readonly number[];
  readonly answers: readonly number[];
}

/** The inputs as a table of plain numbers or images, through the model's own preparation. */
export function inputsOf({ preparation }: TrainedModel, { shape, inputs }: Expected): NdArray {
  const [rows = 0, ...rest] = shape;
  const whole = ndarray(Float64Array.from(inputs), shape);
  const column = (name: string, i: number) => {
    const width = rest[0] ?? 1;
    const values = Float64Array.from({ length: rows }, (_, row) => inputs[row * width + i] ?? Number.NaN);
    return { kind: "number", name, values: ndarray(values, [rows]) } as const;
  };
  const columns =
    rest.length === 1
      ? preparation.columns.map(({ name }, i) => column(name, i))
      : [{ kind: "number", name: preparation.columns[0]?.name ?? "", values: whole } as const];
  const table: Table = { rows, columns };
  return preparedInputs(preparation, table);
}

/** The model's predictions in the units of its target. */
export async function answersOf(model: TrainedModel, expected: Expected): Promise<NdArray> {
  const { trained, preparation } = model;
  const { answers } = await predict(trained, inputsOf(model, expected));
  return preparation.target.kind === "number" ? restoreTargets(preparation, answers) : answers;
}
