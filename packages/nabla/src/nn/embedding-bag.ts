import { type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { boolean, field, wholeNumber } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { divide, less, maximum, multiply, subtract } from "../graph/elementwise.ts";
import { cast, concat, reshape, slice, sum } from "../graph/movement.ts";
import { gather } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";
import { initializerType, normalInitializer } from "./initializer.ts";
import { layer, stateless } from "./layer.ts";

/**
 * One vector for all words of a text: the mean of a learned row of `units` numbers for each code (Joulin et al. 2017, "Bag of
 * tricks for efficient text classification"). Codes are 1 to count; 0 stands for none, as where a text has fewer words.
 * From [batch, features] to [batch, features - taken + units]: `length` features from `from` on are codes, by default all, and the
 * others stand before the vector. With `weighted` as many features after the codes are their weights, and the vector is the
 * weighted sum. Training refuses other codes; in a prediction they count as 0.
 */
export const embeddingBag = layer(
  "embeddingBag",
  {
    count: wholeNumber({ atLeast: 1, help: "the number of codes, from 1" }),
    units: wholeNumber({ atLeast: 1, help: "the dimension of the vectors" }),
    from: wholeNumber({
      atLeast: 0,
      default: 0,
      source: "the first feature",
      help: "the first feature that is a code",
    }),
    length: wholeNumber({ atLeast: 1, optional: true, help: "how many features are codes; default: all" }),
    weighted: boolean({
      default: false,
      source: "the mean of what occurs",
      help: "the weights of the codes follow them, and the vector is the weighted sum",
    }),
    init: field(initializerType, {
      default: normalInitializer({ deviation: 0.1 }),
      source: "measured beside 1 and 0.01 on descriptions of packages",
      help: "how the rows are initialized",
    }),
  },
  ({ count, units, from, length, weighted, init }) => {
    const placesIn = (shape: Size): Places => placesOf(shape, { from, length, parts: weighted ? 2 : 1 });
    return {
      role: { is: "lookup" },
      shapeOf: (shape) => {
        const { end, width } = placesIn(shape);
        return [from + (width - end) + units];
      },
      init: (_, key) => ({
        parameters: { table: init.fill([count, units], { in: count, out: units }, fork(key, "table")) },
        buffers: {},
      }),
      apply: (x, scope) => {
        const places = placesIn(x.shape.slice(1).map(Number));
        const { codesEnd, end, width } = places;
        const given = slice(x, { axis: 1, from, to: codesEnd });
        scope.codes(given, count + 1);
        const codes = cast(given, { dtype: "int32" });
        const rows = gather(scope.parameter("table"), subtract(codes, 1)); // 0 is outside the table, which gives zeros
        const deep = { shape: [-1, places.length, 1] };
        const vector = weighted
          ? sum(multiply(rows, reshape(slice(x, { axis: 1, from: codesEnd, to: end }), deep)), { axes: [1] })
          : divide(sum(rows, { axes: [1] }), present(codes, rows)); // [batch, units]
        const others = [
          ...(from > 0 ? [slice(x, { axis: 1, from: 0, to: from })] : []),
          ...(end < width ? [slice(x, { axis: 1, from: end, to: width })] : []),
        ];
        return stateless(others.length === 0 ? vector : concat([...others, vector], { axis: 1 }));
      },
    };
  },
  { help: "the mean of a learned vector for each word of a text" },
);

interface Places {
  readonly length: number;
  /** The first features after the codes, and after all that belongs to them. */
  readonly codesEnd: number;
  readonly end: number;
  readonly width: number;
}

interface Taken {
  readonly from: number;
  readonly length: number | undefined;
  /** Features that belong to a code. */
  readonly parts: number;
}

function placesOf(shape: Size, { from, length: asked, parts }: Taken): Places {
  const [width] = shape;
  if (width === undefined || shape.length > 1)
    throw new NablaError(
      "nn/rank",
      `embeddingBag takes examples with features, received the shape ${showShape(shape)}`,
    );
  const length = asked ?? Math.floor((width - from) / parts);
  const codesEnd = from + length;
  const end = from + parts * length;
  if (length >= 1 && end <= width) return { length, codesEnd, end, width };
  const message = `embeddingBag takes features ${from} to ${end - 1} for codes${parts > 1 ? " and their weights" : ""}, and examples have ${width}`;
  throw new NablaError("nn/shape", message, "give from and length as the codes lie in the examples");
}

/** How many codes an example has, at least 1, as [batch, 1]. */
function present(codes: Tensor, { dtype }: Tensor): Tensor {
  return maximum(sum(cast(less(0, codes), { dtype }), { axes: [1], keep: true }), 1);
}
