/** Lowers convolutions in Winograd's form: tiles are transformed, multiplied and transformed back, block by block. */
import { type Size, sizeOf, stridesOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { BlockedKernel, LoopKernel, MatmulKernel, Movement, Store, Value, View } from "../loop.ts";
import type { Lowering, LoweringContext } from "./kernels.ts";
import { numberValue } from "./scalars.ts";
import { POINTS } from "./winograd.ts";

/** Tiles of a block: fewer pack the weights too often, more do not stay in the second cache. */
const TILES = { least: 32, most: 128 } as const;
/** Numbers before and after the product in a block for each point. */
const BLOCK_NUMBERS = 24_576;
/** Parts of the work that threads take. */
const MOST_UNITS = 8;
/** Numbers in the sums of all units together. */
const MOST_SUMS = 2 ** 22;

/** Rows of numbers that multiply a column; a tile is transformed by it along both axes. */
type Transform = readonly (readonly number[])[];

/** The matrices of F(2, 3): of inputs, of weights and of results, and the transposed ones for gradients. */
const INPUTS: Transform = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const WEIGHTS: Transform = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const RESULTS: Transform = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

function transposed(transform: Transform): Transform {
  return known(transform[0], "row").map((_, column) => transform.map((row) => row[column] ?? 0));
}

/** The sum of values times numbers; undefined where all of these are zero. */
function combination(row: readonly number[], values: readonly (Value | undefined)[]): Value | undefined {
  let sum: Value | undefined;
  row.forEach((factor, i) => {
    const value = values[i];
    if (factor === 0 || value === undefined) return;
    const size = Math.abs(factor);
    const term = size === 1 ? value : apply("multiply", value, numberValue(size, "float32"));
    if (sum === undefined) sum = factor > 0 ? term : apply("negate", term);
    else sum = apply(factor > 0 ? "add" : "subtract", sum, term);
  });
  return sum;
}

function apply(name: "add" | "subtract" | "multiply" | "negate", ...inputs: Value[]): Value {
  return { kind: "apply", name, inputs, dtype: "float32" };
}

/** transform · values · transform', for values [rows][columns]. */
function transform(by: Transform, values: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  const columns = known(values[0], "row").length;
  const down = by.map((row) =>
    Array.from({ length: columns }, (_, column) =>
      combination(
        row,
        values.map((line) => line[column]),
      ),
    ),
  );
  return down.map((line) => by.map((row) => combination(row, line) ?? numberValue(0, "float32")));
}

/** A square of views: `at(row, column)` of so many each way. */
function square(length: number, at: (row: number, column: number) => View): readonly (readonly View[])[] {
  return Array.from({ length }, (_, row) => Array.from({ length }, (_, column) => at(row, column)));
}

/** The loop that transforms squares of numbers at every index of `sizes`. */
function transforming(
  label: string,
  sizes: readonly number[],
  {
    from,
    by,
    to,
  }: { readonly from: ReturnType<typeof square>; readonly by: Transform; readonly to: ReturnType<typeof square> },
): LoopKernel {
  const values = from.map((line) => line.map((view): Value => ({ kind: "load", view, dtype: "float32" })));
  const results = transform(by, values);
  const stores = to.flatMap((line, i) =>
    line.map((target, j): Store => ({ target, value: known(results[i]?.[j], "result of a transformation") })),
  );
  return { kind: "loop", label, sizes, reduced: sizes.map(() => false), stores };
}

/** How the tiles of a convolution are cut into blocks. */
interface Blocking extends Pick<BlockedKernel, "units" | "perUnit" | "groups" | "parts"> {
  /** Images of a block, rows of tiles of each, and tiles of a row. */
  readonly images: number;
  readonly rows: number;
  readonly columns: number;
  readonly tiles: number;
}

function blockingOf(
  [batch = 1, height = 1, width = 1, channels = 1]: Size,
  filters: number,
  mostUnits: number = MOST_UNITS,
): Blocking {
  const [down, columns] = [(height - 2) / 2, (width - 2) / 2];
  const most = Math.max(TILES.least, Math.min(TILES.most, Math.floor(BLOCK_NUMBERS / (channels + filters))));
  const images = largestDivisor(batch, Math.max(1, Math.floor(most / (down * columns))));
  const rows = largestDivisor(down, Math.max(1, Math.floor(most / columns)));
  const groups = batch / images;
  const perUnit = Math.ceil(groups / mostUnits);
  const units = Math.ceil(groups / perUnit);
  return { units, perUnit, groups, parts: down / rows, images, rows, columns, tiles: images * rows * columns };
}

function largestDivisor(length: number, most: number): number {
  let divisor = Math.min(length, most);
  while (length % divisor !== 0) divisor--;
  return divisor;
}

/** A buffer that each unit has for itself, of squares of `POINTS` matrices [tiles or channels, columns]. */
interface PointBuffer {
  readonly buffer: number;
  readonly rows: number;
  readonly columns: number;
}

function pointBuffer(rows: number, columns: number, units: number, places: LoweringContext): PointBuffer {
  return { buffer: places.scratch(units * POINTS * rows * columns), rows, columns };
}

/** The points of a tile, over [images, rows, columns, channels] of a block. */
function pointViews({ buffer, rows, columns }: PointBuffer, blocking: Blocking): ReturnType<typeof square> {
  const strides = stridesOf([blocking.images, blocking.rows, blocking.columns, columns]);
  return square(4, (i, j) => ({ buffer, offset: (4 * i + j) * rows * columns, strides }));
}

/** Squares of `length` numbers under tiles that lie two apart, over the same. */
function tileViews({ buffer, offset, strides }: View, length: number): ReturnType<typeof square> {
  const [image = 0, row = 0, column = 0, channel = 0] = strides;
  return square(length, (i, j) => ({
    buffer,
    offset: offset + i * row + j * column,
    strides: [image, 2 * row, 2 * column, channel],
  }));
}

/** How an image buffer moves from block to block. */
function imageMovement({ buffer, strides }: View, { images, rows }: Blocking): Movement {
  const [image = 0, row = 0] = strides;
  return { buffer, unit: 0, group: images * image, part: 2 * rows * row };
}

function ownMovement({ buffer, rows, columns }: PointBuffer): Movement {
  return { buffer, unit: POINTS * rows * columns, group: 0, part: 0 };
}

function points({ buffer, rows, columns }: PointBuffer, across = false): View {
  return { buffer, offset: 0, strides: across ? [rows * columns, 1, columns] : [rows * columns, columns, 1] };
}

function product(a: View, b: View, c: View, { m, n, k }: Pick<MatmulKernel, "m" | "n" | "k">): MatmulKernel {
  return { kind: "matmul", label: `${POINTS} x ${m}x${k}x${n}`, batch: POINTS, m, n, k, a, b, c };
}

function blocked(
  label: string,
  { units, perUnit, groups, parts }: Blocking,
  { kernels, moves }: Pick<BlockedKernel, "kernels" | "moves">,
): BlockedKernel {
  return { kind: "blocked", label, units, perUnit, groups, parts, kernels, moves };
}

function operands(node: Tensor): readonly [Tensor, Tensor] {
  return [known(node.inputs[0], "operand"), known(node.inputs[1], "operand")];
}

const lowerWeights: Lowering = (node, places) => {
  const weights = known(node.inputs[0], "weights");
  const [, channels = 1, filters = 1] = sizeOf(node.shape);
  const view = places.view(weights);
  const [row = 0, column = 0] = view.strides;
  const isTurned = node.attributes.turned === true;
  const from = square(3, (i, j) => {
    const point = isTurned ? 8 - 3 * i - j : 3 * i + j;
    return { buffer: view.buffer, offset: view.offset + point * channels * row, strides: [row, column] };
  });
  const own = { buffer: places.buffer(node), rows: channels, columns: filters };
  const to = square(4, (i, j) => ({
    buffer: own.buffer,
    offset: (4 * i + j) * channels * filters,
    strides: [filters, 1],
  }));
  return [transforming("winograd weights", [channels, filters], { from, by: WEIGHTS, to })];
};

const lowerConvolution: Lowering = (node, places) => {
  const [x, weights] = operands(node);
  const [batch = 1, height = 1, width = 1, channels = 1] = sizeOf(x.shape);
  const [, filters = 1] = sizeOf(node.shape);
  const blocking = blockingOf(sizeOf(x.shape), filters);
  const { images, rows, columns, tiles, units } = blocking;
  const source = places.view(x);
  const target = {
    buffer: places.buffer(node),
    offset: 0,
    strides: stridesOf([batch, height - 2, width - 2, filters]),
  };
  const before = pointBuffer(tiles, channels, units, places);
  const behind = pointBuffer(tiles, filters, units, places);
  const isAcross = node.attributes.across === true;
  const own = {
    buffer: places.buffer(weights),
    rows: isAcross ? filters : channels,
    columns: isAcross ? channels : filters,
  };
  const size = [images, rows, columns];
  return [
    blocked(`convolution ${batch}x${height - 2}x${width - 2}x${channels}x${filters}`, blocking, {
      kernels: [
        transforming("tiles", [...size, channels], {
          from: tileViews(source, 4),
          by: INPUTS,
          to: pointViews(before, blocking),
        }),
        product(points(before), points(own, isAcross), points(behind), { m: tiles, n: filters, k: channels }),
        transforming("results", [...size, filters], {
          from: pointViews(behind, blocking),
          by: RESULTS,
          to: tileViews(target, 2),
        }),
      ],
      moves: [
        imageMovement(source, blocking),
        imageMovement(target, blocking),
        ownMovement(before),
        ownMovement(behind),
      ],
    }),
  ];
};

const lowerWeightGradient: Lowering = (node, places) => {
  const [x, up] = operands(node);
  const [batch = 1, height = 1, width = 1, channels = 1] = sizeOf(x.shape);
  const [, filters = 1] = sizeOf(node.shape);
  const all = POINTS * channels * filters;
  const blocking = blockingOf(sizeOf(x.shape), filters, Math.max(1, Math.min(MOST_UNITS, Math.floor(MOST_SUMS / all))));
  const { images, rows, columns, tiles, units } = blocking;
  const source = places.view(x);
  const upstream = imagesOf(places.view(up), [height - 2, width - 2]);
  const before = pointBuffer(tiles, channels, units, places);
  const behind = pointBuffer(tiles, filters, units, places);
  const sums = pointBuffer(channels, filters, units, places);
  const size = [images, rows, columns];
  const label = `gradient of weights ${batch}x${height - 2}x${width - 2}x${channels}x${filters}`;
  const products = product(points(before, true), points(behind), points(sums), { m: channels, n: filters, k: tiles });
  const total = places.scratch(all);
  const gradient = places.buffer(node);
  return [
    blocked(label, blocking, {
      kernels: [
        transforming("tiles", [...size, channels], {
          from: tileViews(source, 4),
          by: INPUTS,
          to: pointViews(before, blocking),
        }),
        transforming("gradient of results", [...size, filters], {
          from: tileViews(upstream, 2),
          by: transposed(RESULTS),
          to: pointViews(behind, blocking),
        }),
        { ...products, accumulates: true },
      ],
      moves: [
        imageMovement(source, blocking),
        imageMovement(upstream, blocking),
        ...[before, behind, sums].map(ownMovement),
      ],
    }),
    {
      kind: "loop",
      label: "sum of units",
      sizes: [units, all],
      reduced: [true, false],
      stores: [
        {
          target: { buffer: total, offset: 0, strides: [0, 1] },
          value: { kind: "load", view: { buffer: sums.buffer, offset: 0, strides: [all, 1] }, dtype: "float32" },
          reduce: "sum",
        },
      ],
    },
    transforming("gradient of winograd weights", [channels, filters], {
      from: square(4, (i, j) => ({
        buffer: total,
        offset: (4 * i + j) * channels * filters,
        strides: [filters, 1],
      })),
      by: transposed(WEIGHTS),
      to: square(3, (i, j) => ({ buffer: gradient, offset: (3 * i + j) * channels * filters, strides: [filters, 1] })),
    }),
  ];
};

/** Rows of positions [batch · height · width, channels] as images. */
function imagesOf({ buffer, offset, strides }: View, [height, width]: readonly [number, number]): View {
  const [row = 0, column = 0] = strides;
  return { buffer, offset, strides: [height * width * row, width * row, row, column] };
}

/** How convolutions in Winograd's form become kernels, by the op's name. */
export const winogradLowerings: Readonly<Record<string, Lowering>> = {
  winogradWeights: lowerWeights,
  winograd: lowerConvolution,
  winogradWeightGradient: lowerWeightGradient,
};
