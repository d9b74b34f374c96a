import type { Json } from "nabla";

/** Filters of the two convolutions: enough for small pictures, and quick without a graphics card. */
const FILTERS = [16, 32] as const;
/** Units of the dense layer after them, unless given. */
export const imageHidden: readonly number[] = [64];
/** An image needs at least this many pixels a side for another convolution to see more than its edge. */
const SMALLEST = 4;

/** The layers before the dense layers for images [height, width, channels]: convolution, relu and pooling, twice. */
export function convolutions([height = 1, width = 1]: readonly number[], activation: Json): readonly Json[] {
  const layers: Json[] = [];
  let side = Math.min(height, width);
  for (const filters of FILTERS) {
    if (side < SMALLEST) break;
    layers.push({ kind: "conv2d", filters }, activation, { kind: "maxPool" });
    side = Math.floor(side / 2);
  }
  return [...layers, { kind: "flatten" }];
}
