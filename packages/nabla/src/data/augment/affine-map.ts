/**
 * Where a pixel of the result comes from, as [xx, xy, x0, yx, yy, y0]: the pixel (x, y) of the result is taken from
 * (xx * x + xy * y + x0, yx * x + yy * y + y0) of the image, both counted in pixels from the image's middle.
 */
export type AffineMap = Float64Array;

/** A map that changes nothing. */
export function identityMap(): AffineMap {
  return Float64Array.of(1, 0, 0, 0, 1, 0);
}

/** Makes a map one that changes nothing. */
export function clear(map: AffineMap): void {
  map.fill(0);
  map[0] = 1;
  map[4] = 1;
}

/** Whether a map changes nothing. */
export function isIdentity([xx, xy, x0, yx, yy, y0]: AffineMap): boolean {
  return xx === 1 && xy === 0 && x0 === 0 && yx === 0 && yy === 1 && y0 === 0;
}

/** Turns by an angle in radians, counter-clockwise as seen; quarter turns are exact. */
export function turn(map: AffineMap, angle: number): void {
  const cosine = exact(Math.cos(angle));
  const sine = exact(Math.sin(angle));
  linear(map, 0, cosine, sine);
  linear(map, 3, cosine, sine);
}

function linear(map: AffineMap, first: 0 | 3, cosine: number, sine: number): void {
  const x = map[first] ?? 0;
  const y = map[first + 1] ?? 0;
  map[first] = x * cosine + y * sine;
  map[first + 1] = y * cosine - x * sine;
}

/** Makes what is shown so many times as large; negative numbers mirror. */
export function scaleMap(map: AffineMap, byX: number, byY: number): void {
  map[0] = (map[0] ?? 0) / byX;
  map[1] = (map[1] ?? 0) / byY;
  map[3] = (map[3] ?? 0) / byX;
  map[4] = (map[4] ?? 0) / byY;
}

/** Moves what is shown by so many pixels to the right and down. */
export function shiftBy(map: AffineMap, right: number, down: number): void {
  map[2] = (map[2] ?? 0) - (map[0] ?? 0) * right - (map[1] ?? 0) * down;
  map[5] = (map[5] ?? 0) - (map[3] ?? 0) * right - (map[4] ?? 0) * down;
}

// the cosine of a quarter turn is 6e-17 in float64, and a pixel taken from there would not be a whole one
function exact(x: number): number {
  const whole = Math.round(x);
  return Math.abs(x - whole) < 1e-12 ? whole : x;
}
