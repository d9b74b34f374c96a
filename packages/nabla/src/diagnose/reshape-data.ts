/** Examples with rows or inputs chosen anew. */
import { ndarray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { type Examples, takeExamples } from "../data/examples.ts";
import { joinExamples } from "../data/join-examples.ts";

/** Rows of rarer classes repeated, in turn, until every class has as many as the most frequent one. */
export function balanced(examples: Examples): Examples {
  const byClass = new Map<number, number[]>();
  for (let row = 0; row < examples.rows; row++) {
    const code = examples.targets.data[row] ?? 0;
    const rows = byClass.get(code);
    if (rows === undefined) byClass.set(code, [row]);
    else rows.push(row);
  }
  const most = Math.max(...[...byClass.values()].map((rows) => rows.length));
  const indices = [...byClass.values()].flatMap((rows) =>
    Array.from({ length: most }, (_, i) => rows[i % rows.length] ?? 0),
  );
  return takeExamples(examples, indices);
}

/** The examples without some of their inputs, by place; only for flat inputs [rows, features]. */
export function without({ inputs, names, ...rest }: Examples, left: readonly number[]): Examples {
  if (left.length === 0) return { inputs, ...rest, ...compact({ names }) };
  const [rows = 0, width = 0] = inputs.shape;
  const gone = new Set(left);
  const kept = Array.from({ length: width }, (_, i) => i).filter((i) => !gone.has(i));
  const data = new Float32Array(rows * kept.length);
  for (let row = 0; row < rows; row++)
    for (const [at, i] of kept.entries()) data[row * kept.length + at] = inputs.data[row * width + i] ?? 0;
  const named = compact({ names: names && kept.map((i) => known(names[i], "the name of an input")) });
  return { ...rest, inputs: ndarray(data, [rows, kept.length]), ...named };
}

/** Two parts poured together and dealt out in the given order, each as large as before. */
export function mixed(
  train: Examples,
  dev: Examples,
  order: ArrayLike<number>,
): { readonly train: Examples; readonly dev: Examples } {
  const all = joinExamples(train, dev);
  const dealt = Array.from(order);
  return {
    train: takeExamples(all, dealt.slice(0, train.rows)),
    dev: takeExamples(all, dealt.slice(train.rows)),
  };
}
