import { ndarray } from "../array/ndarray.ts";
import { elementsOf, type Shape, type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { list, number, wholeNumber } from "../base/field.ts";
import { fork, normal, uniform53 } from "../base/random.ts";
import { numberType } from "../base/value-type.ts";
import { add, cos, multiply } from "../graph/elementwise.ts";
import { concat, reshape, slice } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { layer, stateless } from "./layer.ts";

/**
 * Periodic embeddings of numbers: each input beside `count` waves of it, cos(f·x + p), whose frequencies f and phases p are
 * learned, so that what follows can bend in one input without bending in the others (Gorishniy et al. 2022, "On embeddings
 * for numerical features in tabular deep learning", section 3.3; the phases and the input itself beside its waves as
 * Holzmüller et al. 2024, "Better by default", do). From [batch, …, inputs] to [batch, …, inputs + waved·count], the inputs first and then the
 * waves of the first of them; `inputs` names those with waves, from 0, and without it all have them. Frequencies begin
 * normally distributed with standard deviation 2π·`deviation`, phases uniformly from -π to π.
 */
export const periodic = layer(
  "periodic",
  {
    count: wholeNumber({
      atLeast: 1,
      default: 4,
      source: "measured on small tables: benchmarks/results/choices.md",
      help: "waves of each input",
    }),
    deviation: number({
      above: 0,
      default: 0.1,
      source: "Holzmüller et al. 2024",
      help: "standard deviation of the first frequencies, in periods per unit of the input",
    }),
    inputs: list(numberType({ atLeast: 0, whole: true }), {
      optional: true,
      least: 1,
      help: "the inputs that have waves, from 0; default: all",
    }),
  },
  ({ count, deviation, inputs }) => ({
    shapeOf: (shape) => shape.with(-1, widthOf(shape, inputs) + wavedOf(shape, inputs) * count),
    init: (shape, key) => {
      const size = [wavedOf(shape, inputs), count];
      const frequencies = normal(fork(key, "frequency"), elementsOf(size));
      const phases = uniform53(fork(key, "phase"), elementsOf(size));
      return {
        parameters: {
          frequency: ndarray(
            Float32Array.from(frequencies, (x) => 2 * Math.PI * deviation * x),
            size,
          ),
          phase: ndarray(
            Float32Array.from(phases, (u) => Math.PI * (2 * u - 1)),
            size,
          ),
        },
        buffers: {},
      };
    },
    apply: (x, scope) => {
      const last = x.shape.length - 1;
      const waved = inputs === undefined ? x : taken(x, inputs);
      const of = Number(waved.shape[last]);
      const angles = multiply(reshape(waved, { shape: columnShape(waved.shape) }), scope.parameter("frequency"));
      const waves = cos(add(angles, scope.parameter("phase"))); // [batch, …, waved, count]
      return stateless(concat([x, reshape(waves, { shape: rowShape(waved.shape, of * count) })], { axis: last }));
    },
  }),
  { help: "numbers beside learned waves of them" },
);

function widthOf(shape: Size, inputs: readonly number[] | undefined): number {
  const width = shape.at(-1);
  if (width === undefined)
    throw new NablaError("nn/rank", `periodic takes examples with features, received the shape ${showShape(shape)}`);
  const beyond = inputs?.find((input) => input >= width);
  if (beyond === undefined) return width;
  throw new NablaError(
    "nn/shape",
    `periodic makes waves of input ${beyond}, and examples have ${width}`,
    `name inputs from 0 to ${width - 1}`,
  );
}

function wavedOf(shape: Size, inputs: readonly number[] | undefined): number {
  return inputs?.length ?? widthOf(shape, inputs);
}

const columnShape = (shape: Shape): Shape => [-1, ...shape.slice(1), 1];

const rowShape = (shape: Shape, width: number): Shape => [-1, ...shape.slice(1, -1), width];

/** Some features of the last axis, in the order named: neighbors together. */
function taken(x: Tensor, inputs: readonly number[]): Tensor {
  const axis = x.shape.length - 1;
  const runs: [from: number, to: number][] = [];
  for (const input of inputs) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === input) run[1]++;
    else runs.push([input, input + 1]);
  }
  return concat(
    runs.map(([from, to]) => slice(x, { axis, from, to })),
    { axis },
  );
}
