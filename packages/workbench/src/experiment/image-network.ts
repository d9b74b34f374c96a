import { describe, type Json, rotate, scale, shift } from "nabla";

/** Fewer images than this show too little of what their classes may look like: changed ones are shown too, to a smaller network. */
export const FEW_IMAGES = 20_000;
/** Filters of the first convolution for few and for many images; each further one has twice as many, up to the most. */
const FILTERS = { few: 16, many: 32, most: 128 } as const;
/** Units of the dense layer after them, unless given. */
export const imageHidden = { few: [64], many: [128] } as const;
/** An image needs at least this many pixels a side for another convolution to see more than its edge. */
const SMALLEST = 4;

/** Whether so many images are few. */
export function imagesOf(rows: number): "few" | "many" {
  return rows < FEW_IMAGES ? "few" : "many";
}

/**
 * The layers before the dense layers for images [height, width, channels]: convolution, batch norm, the activation and pooling, until
 * what is left is as small as a window. See benchmarks/results/choices.md.
 */
export function convolutions(
  [height = 1, width = 1]: readonly number[],
  { rows, activation, normalize }: { readonly rows: number; readonly activation: Json; readonly normalize: boolean },
): readonly Json[] {
  const layers: Json[] = [];
  let filters: number = FILTERS[imagesOf(rows)];
  for (let side = Math.min(height, width); side >= SMALLEST; side = Math.floor(side / 2)) {
    // a bias would be taken off again by the mean
    const convolution = normalize
      ? [{ kind: "conv2d", filters, bias: false }, { kind: "batchNorm" }]
      : [{ kind: "conv2d", filters }];
    layers.push(...convolution, activation, { kind: "maxPool" });
    filters = Math.min(2 * filters, FILTERS.most);
  }
  return [...layers, { kind: "flatten" }];
}

/** Changes that leave what most pictures show as it is: a flip would make other letters. */
export const imageChanges: readonly Json[] = [shift(), rotate({ degrees: 20 }), scale()].map(describe);
