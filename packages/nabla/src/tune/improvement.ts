/** Expected improvement of a model, and the points where it is evaluated. */
import { fork, type Key, normal, uniform53 } from "../base/random.ts";
import { normalCdf, normalDensity } from "../base/statistics/normal.ts";
import type { GaussianProcess } from "./gaussian-process.ts";
import type { Axis, Units } from "./space.ts";
import { pointOf } from "./space-values.ts";

const EVERYWHERE = 150;
const NEARBY = 50;

/** How much better than `least` a value is expected to be (Jones, Schonlau and Welch 1998, equation 15). */
export function improvement(process: GaussianProcess, point: Units, least: number): number {
  const { mean, deviation } = process.at(point);
  const z = (least - mean) / deviation;
  return deviation * (z * normalCdf(z) + normalDensity(z));
}

/** Points from everywhere, and near the best one at distances from a third to a thousandth of the space. */
export function candidatesFor(axes: readonly Axis[], best: Units, key: Key): readonly Units[] {
  const draws = uniform53(key, (EVERYWHERE + NEARBY) * axes.length);
  const steps = normal(fork(key, "steps"), NEARBY * axes.length);
  return Array.from({ length: EVERYWHERE + NEARBY }, (_, i) =>
    pointOf(axes, ({ path, domain }, place) => {
      const draw = draws[i * axes.length + place] ?? 0;
      const middle = best[path];
      const far = 10 ** (-0.5 - 2 * ((i % 10) / 10));
      if (i >= NEARBY || middle === undefined) return draw;
      return domain.ordered ? middle + far * (steps[i * axes.length + place] ?? 0) : draw < far ? draw / far : middle;
    }),
  );
}
