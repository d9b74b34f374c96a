/** What a classifier's probabilities mean row by row. */
import { type NdArray, ndarray, zeros } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";

/** float [rows, classes]; one output for two classes, the probability of the second, is made into two. */
export function classProbabilities(answers: NdArray): NdArray {
  const [rows = 0, width = 1] = answers.shape;
  if (answers.shape.length > 2)
    throw new NablaError("errors/shape", `probabilities are [rows, classes], received [${answers.shape.join(", ")}]`);
  if (width > 1) return answers;
  const both = zeros([rows, 2], "float64");
  for (let row = 0; row < rows; row++) {
    const second = answers.data[row] ?? Number.NaN;
    both.data[2 * row] = 1 - second;
    both.data[2 * row + 1] = second;
  }
  return both;
}

/** The likeliest class of each row, and its probability. */
export function likeliest(probabilities: NdArray): { readonly classes: Int32Array; readonly confidence: Float64Array } {
  const [rows = 0, width = 1] = probabilities.shape;
  const classes = new Int32Array(rows);
  const confidence = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const given = probabilities.data.subarray(row * width, (row + 1) * width);
    for (let code = 1; code < width; code++)
      if ((given[code] ?? 0) > (given[classes[row] ?? 0] ?? 0)) classes[row] = code;
    confidence[row] = given[classes[row] ?? 0] ?? Number.NaN;
  }
  return { classes, confidence };
}

/** One column of the probabilities: that of a class. */
export function probabilitiesOf(probabilities: NdArray, code: number): Float64Array {
  const [rows = 0, width = 1] = probabilities.shape;
  return Float64Array.from({ length: rows }, (_, row) => probabilities.data[row * width + code] ?? Number.NaN);
}

/** The least probability that a loss is taken of: what float32 rounds to 0 must not make the loss infinite. */
const LEAST = 1e-12;

/** The loss of each row: -log of the probability of its class, with nats as the unit. */
export function logLosses(probabilities: NdArray, targets: ArrayLike<number>): Float64Array {
  const width = probabilities.shape[1] ?? 1;
  return Float64Array.from(targets, (code, row) => {
    const probability = probabilities.data[row * width + code] ?? 0;
    return 0 - Math.log(Math.min(1, Math.max(LEAST, probability)));
  });
}

/** The rows with the largest losses, the worst first; of equal ones the first in the data. */
export function worstRows(losses: ArrayLike<number>, most: number): readonly number[] {
  const rows = Array.from({ length: losses.length }, (_, row) => row);
  return rows.sort((a, b) => (losses[b] ?? 0) - (losses[a] ?? 0) || a - b).slice(0, most);
}

/** Probabilities raised to 1/temperature and scaled to sum to 1 again: softmax(logits / temperature). */
export function temper(probabilities: NdArray, temperature: number): NdArray {
  const [rows = 0, width = 1] = probabilities.shape;
  const data = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let code = 0; code < width; code++) {
      const scaled = Math.log(Math.max(LEAST, probabilities.data[row * width + code] ?? 0)) / temperature;
      data[row * width + code] = scaled;
      largest = Math.max(largest, scaled);
    }
    let total = 0;
    for (let at = row * width; at < (row + 1) * width; at++) {
      data[at] = Math.exp((data[at] ?? 0) - largest);
      total += data[at] ?? 0;
    }
    for (let at = row * width; at < (row + 1) * width; at++) data[at] = (data[at] ?? 0) / total;
  }
  return ndarray(data, [rows, width]);
}
