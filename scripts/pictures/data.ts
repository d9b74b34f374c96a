/** Small data that pictures are made from; all of it fixed by seeds. */
import { type Examples, fork, ndarray, normal, seedKey, uniform } from "nabla";

/** Points in the plane, class 1 outside a ring; a share of the classes is wrong on purpose. */
export function noisyRing(rows: number, seed: number, wrong: number): Examples {
  const key = seedKey(seed);
  const inputs = ndarray(Float32Array.from(normal(fork(key, "points"), rows * 2)), [rows, 2]);
  const flips = uniform(fork(key, "flips"), rows);
  const targets = Int32Array.from(flips, (flip, row) => {
    const outside = Math.hypot(inputs.data[2 * row] ?? 0, inputs.data[2 * row + 1] ?? 0) > 1.1;
    return Number(outside !== flip < wrong);
  });
  return { rows, inputs, targets: ndarray(targets, [rows]) };
}

/** Temperatures of 180 days from winter to summer, in degrees Fahrenheit: 40, 49, 45 first. */
export function temperatures(): number[] {
  const noise = normal(seedKey(180), 180);
  const days = Array.from(noise, (draw, day) => 42 + 20 * Math.sin((Math.PI * day) / 360) ** 2 + 3.5 * draw);
  return [40, 49, 45, ...days.slice(3)];
}
