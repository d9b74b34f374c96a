import { type NdArray, ndarray, type SoleTarget, soleTargets, type Table } from "nabla";
import { namesOf } from "nabla/answers";
import { writeJs } from "nabla/exchange";
import { libraryVersion } from "../host/version.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import type { Written } from "./format.ts";
import { seriesNotice } from "./prepared-notice.ts";

/** One ES module. Throws `js/op`, `js/columns`. */
export async function writeJsModel(model: TrainedModel, name: string): Promise<Written> {
  const text = writeJs(model, { name, version: await libraryVersion() });
  return { files: new Map([[`${name}.js`, new TextEncoder().encode(text)]]), notices: seriesNotice(model) };
}

interface JsAnswer {
  readonly prediction: unknown;
  readonly probabilities?: unknown;
}

/** An answer as one list: probabilities of classes and labels, and numbers, target by target. */
function numbersIn({ prediction, probabilities }: JsAnswer, targets: readonly SoleTarget[]): readonly unknown[] {
  const of = (answers: unknown, name: string): unknown => (isRecord(answers) ? answers[name] : undefined);
  return targets.flatMap((target) => {
    const isOne = targets.length === 1;
    const names = namesOf(target);
    if (names.length === 0) return [isOne ? prediction : of(prediction, target.name)].flat();
    const own = isOne ? probabilities : of(probabilities, target.name);
    return names.map((name) => of(own, name));
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** What such a module answers. It is code that was written a moment ago, and nothing else is run. */
export async function answersOfJs(bytes: Uint8Array, rows: Table, { preparation }: TrainedModel): Promise<NdArray> {
  const address = `data:text/javascript;base64,${Buffer.from(bytes).toString("base64")}`;
  const { predict } = (await import(address)) as { readonly predict: (row: unknown) => JsAnswer };
  const found = Array.from({ length: rows.rows }, (_, row) =>
    numbersIn(predict(rowOf(rows, row, preparation)), soleTargets(preparation)),
  );
  return ndarray(Float64Array.from(found.flat(), Number), [rows.rows, found[0]?.length ?? 0]);
}

/** A row as the module takes it: dates as such, the numbers of an image as a list, null for what is missing. */
function rowOf({ columns }: Table, row: number, preparation: TrainedModel["preparation"]): unknown {
  const dates = new Set(preparation.columns.flatMap(({ kind, name }) => (kind === "date" ? [name] : [])));
  const cells = columns.map((column): readonly [string, unknown] => {
    if (column.kind === "category") return [column.name, column.levels[column.codes[row] ?? -1] ?? null];
    const width = column.values.shape.slice(1).reduce((product, length) => product * length, 1);
    if (column.values.shape.length > 1) {
      return [column.name, Array.from(column.values.data.subarray(row * width, (row + 1) * width))];
    }
    const value = column.values.data[row] ?? Number.NaN;
    if (Number.isNaN(value)) return [column.name, null];
    return [column.name, dates.has(column.name) ? new Date(value * 864e5) : value];
  });
  const [only] = cells;
  return only !== undefined && Array.isArray(only[1]) ? only[1] : Object.fromEntries(cells);
}
