import { castArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, type Size, sizeOf } from "../array/shape.ts";
import { word } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { add } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import { normalInitializer } from "./initializer.ts";
import { layer, stateless } from "./layer.ts";
import { checkSequence, maskField, onlyCounted, positionsThatCount } from "./positions.ts";

const KINDS = ["sinusoidal", "learned"] as const;

/**
 * Adds to each position what tells it from others, since attention itself sees no order: [batch, time, features] to the same
 * shape. Sinusoidal: sin(p / 10000^(2i / features)) at feature 2i of position p, from 0, and the cosine at 2i + 1 (Vaswani et
 * al. 2017, section 3.5). Learned: a row of parameters for each position, at first normal with deviation 0.02 (BERT).
 */
export const positionalEncoding = layer(
  "positionalEncoding",
  {
    form: word(KINDS, {
      default: "sinusoidal",
      source: "Vaswani et al. 2017",
      help: "waves of the position, or a row of parameters for each",
    }),
    mask: maskField,
  },
  ({ form, mask }) => ({
    shapeOf: (shape) => {
      checkSequence("positionalEncoding", shape);
      return shape;
    },
    init: (shape, key) => {
      if (form === "sinusoidal") return { parameters: {}, buffers: {} };
      const fans = { in: shape[0] ?? 1, out: shape[1] ?? 1 };
      const table = normalInitializer({ deviation: 0.02 }).fill(shape, fans, fork(key, "table"));
      return { parameters: { table }, buffers: {} };
    },
    apply: (x, scope) => {
      const rows =
        form === "learned"
          ? scope.parameter("table")
          : constant(castArray(positionWaves(sizeOf(x.shape.slice(1))), x.dtype));
      const placed = add(x, rows);
      return stateless(mask ? onlyCounted(placed, positionsThatCount(x)) : placed);
    },
  }),
  { help: "tells the positions of a sequence from each other" },
);

/** The waves of Vaswani et al. 2017 for [time, features]. */
export function positionWaves(size: Size) {
  const [, features = 1] = size;
  const data = Float64Array.from({ length: elementsOf(size) }, (_, at) => {
    const [position, feature] = [Math.floor(at / features), at % features];
    const angle = position / 10000 ** ((feature - (feature % 2)) / features);
    return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return ndarray(data, size);
}
