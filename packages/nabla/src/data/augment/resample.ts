import type { AffineMap } from "./affine-map.ts";
import type { Displacement, ImageSize, MutableNumbers } from "./augmentation.ts";

/**
 * Resamples the image that starts at `at`: bilinear interpolation between pixels, the edge repeated outside the image.
 */
export type Resampler = (data: MutableNumbers, at: number, map: AffineMap, field: Displacement | undefined) => void;

/** A resampler for images of one size; it holds a buffer for a copy of the current image. */
export function resampler(size: ImageSize): Resampler {
  const buffers = roomFor(size);
  return (data, at, map, field) => {
    load(buffers, data, at);
    if (size.channels > 1) bent(buffers, data, at, map, field ?? buffers.still);
    else if (field === undefined) straight(buffers, data, at, map);
    else bentPlain(buffers, data, at, map, field);
  };
}

interface ResampleBuffers extends ImageSize {
  /** The image with a column and a row more, so that the last pixels have neighbors; they count nothing there. */
  readonly copy: Float32Array;
  /** No pixel moves on its own. */
  readonly still: Displacement;
}

function roomFor(size: ImageSize): ResampleBuffers {
  const { height, width, channels } = size;
  const none = new Float32Array(height * width);
  return { ...size, copy: new Float32Array((height + 1) * (width + 1) * channels), still: { x: none, y: none } };
}

function load({ copy, height, width, channels }: ResampleBuffers, data: MutableNumbers, at: number): void {
  const row = width * channels;
  let from = at;
  for (let y = 0; y < height; y++) {
    const to = y * (row + channels);
    for (let i = 0; i < row; i++) copy[to + i] = data[from++] ?? 0;
  }
}

/** One channel and no field: the way most images go, as short as it can be written. */
function straight({ copy, height, width }: ResampleBuffers, data: MutableNumbers, at: number, map: AffineMap): void {
  const [xx = 1, xy = 0, x0 = 0, yx = 0, yy = 1, y0 = 0] = map;
  const stride = width + 1;
  const right = width - 1;
  const bottom = height - 1;
  let to = at;
  for (let y = 0; y < height; y++) {
    const down = y - bottom / 2;
    let x1 = xy * down - (xx * right) / 2 + x0 + right / 2;
    let y1 = yy * down - (yx * right) / 2 + y0 + bottom / 2;
    for (let x = 0; x < width; x++) {
      const px = x1 < 0 ? 0 : x1 > right ? right : x1;
      const py = y1 < 0 ? 0 : y1 > bottom ? bottom : y1;
      const column = px | 0;
      const line = py | 0;
      const from = line * stride + column;
      const a = copy[from] ?? 0;
      const c = copy[from + stride] ?? 0;
      const part = px - column;
      const top = a + ((copy[from + 1] ?? 0) - a) * part;
      const low = c + ((copy[from + stride + 1] ?? 0) - c) * part;
      data[to++] = top + (low - top) * (py - line);
      x1 += xx;
      y1 += yx;
    }
  }
}

/** As `straight`, with a field. One loop for both, or for all channels, makes shifts take a quarter longer. */
function bentPlain(
  { copy, height, width }: ResampleBuffers,
  data: MutableNumbers,
  at: number,
  map: AffineMap,
  field: Displacement,
): void {
  const [xx = 1, xy = 0, x0 = 0, yx = 0, yy = 1, y0 = 0] = map;
  const { x: byX, y: byY } = field;
  const stride = width + 1;
  const right = width - 1;
  const bottom = height - 1;
  let pixel = 0;
  for (let y = 0; y < height; y++) {
    const down = y - bottom / 2;
    let x1 = xy * down - (xx * right) / 2 + x0 + right / 2;
    let y1 = yy * down - (yx * right) / 2 + y0 + bottom / 2;
    for (let x = 0; x < width; x++) {
      const bentX = x1 + (byX[pixel] ?? 0);
      const bentY = y1 + (byY[pixel] ?? 0);
      const px = bentX < 0 ? 0 : bentX > right ? right : bentX;
      const py = bentY < 0 ? 0 : bentY > bottom ? bottom : bentY;
      const column = px | 0;
      const line = py | 0;
      const from = line * stride + column;
      const a = copy[from] ?? 0;
      const c = copy[from + stride] ?? 0;
      const part = px - column;
      const top = a + ((copy[from + 1] ?? 0) - a) * part;
      const low = c + ((copy[from + stride + 1] ?? 0) - c) * part;
      data[at + pixel] = top + (low - top) * (py - line);
      pixel++;
      x1 += xx;
      y1 += yx;
    }
  }
}

function bent(
  { copy, height, width, channels }: ResampleBuffers,
  data: MutableNumbers,
  at: number,
  map: AffineMap,
  field: Displacement,
): void {
  const [xx = 1, xy = 0, x0 = 0, yx = 0, yy = 1, y0 = 0] = map;
  const { x: byX, y: byY } = field;
  const stride = (width + 1) * channels;
  const right = width - 1;
  const bottom = height - 1;
  let pixel = 0;
  let to = at;
  for (let y = 0; y < height; y++) {
    const down = y - bottom / 2;
    let x1 = xy * down - (xx * right) / 2 + x0 + right / 2;
    let y1 = yy * down - (yx * right) / 2 + y0 + bottom / 2;
    for (let x = 0; x < width; x++) {
      const bentX = x1 + (byX[pixel] ?? 0);
      const bentY = y1 + (byY[pixel] ?? 0);
      const px = bentX < 0 ? 0 : bentX > right ? right : bentX;
      const py = bentY < 0 ? 0 : bentY > bottom ? bottom : bentY;
      const column = px | 0;
      const line = py | 0;
      const part = px - column;
      let from = line * stride + column * channels;
      for (let channel = 0; channel < channels; channel++) {
        const a = copy[from] ?? 0;
        const c = copy[from + stride] ?? 0;
        const top = a + ((copy[from + channels] ?? 0) - a) * part;
        const low = c + ((copy[from + stride + channels] ?? 0) - c) * part;
        data[to++] = top + (low - top) * (py - line);
        from++;
      }
      pixel++;
      x1 += xx;
      y1 += yx;
    }
  }
}
