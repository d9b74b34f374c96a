import { checkArray, wrongArgument } from "../array/check-array.ts";
import { type ArrayData, type NdArray, ndarray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { mapNamed } from "../base/named.ts";
import { isRecord } from "../base/value-type.ts";
import type { Arrays, Examples } from "./examples.ts";
import { wrongWeight } from "./row-weights.ts";

/**
 * Examples of which each row counts as much as its weight says, in the cost of a training, in costs and errors on dev and in
 * `evaluate`: `fit({ model, loss, optimizer, train: withWeights(train, [1, 1, 5]) })`. A weight of 2 is the row twice, and only
 * how weights compare matters. What a mask leaves out stays out. Throws `data/weights` unless there is a finite number
 * from 0 for each row, and one above 0.
 */
export function withWeights<E extends Examples<Arrays, Arrays>>(examples: E, weights: ArrayLike<number> | NdArray): E {
  if (!isRecord(examples) || typeof examples.rows !== "number")
    throw wrongArgument("withWeights › examples", "examples { rows, inputs, targets }", examples);
  const given = numbersOf(weights);
  const { rows, mask } = examples;
  const row = wrongWeight(given);
  if (given.length !== rows)
    throw new NablaError(
      "data/weights",
      `there are ${rows} rows, and ${given.length} weights`,
      "give one for each row",
    );
  if (row >= 0)
    throw new NablaError("data/weights", `weight ${row} is ${given[row]}, and a weight is a finite number from 0`);
  if (rows > 0 && !Array.from(given).some((weight) => weight > 0))
    throw new NablaError("data/weights", "every weight is 0, so nothing counts", "give some row a weight above 0");
  const counted = (own: NdArray): NdArray => {
    const each = own.data.length / Math.max(1, rows);
    return ndarray(
      Float32Array.from(own.data as ArrayData, (value, i) => value * (given[Math.floor(i / each)] ?? 0)),
      own.shape,
    );
  };
  if (mask === undefined) return { ...examples, mask: ndarray(Float32Array.from(given), [rows]) };
  return { ...examples, mask: mapNamed(mask, counted) };
}

function numbersOf(weights: ArrayLike<number> | NdArray): ArrayLike<number> {
  if (isRecord(weights) && "dtype" in weights) {
    checkArray("withWeights › weights", weights);
    return (weights as NdArray).data;
  }
  if (typeof weights === "object" && weights !== null && "length" in weights) return weights as ArrayLike<number>;
  throw wrongArgument("withWeights › weights", "a number for each row", weights);
}
