/**
 * Tree-structured Parzen estimators (Bergstra, Bardenet, Bengio and Kégl 2011, section 4): of candidates near good
 * trials, the one that good trials make most likely and bad ones least.
 */
import { known } from "../../base/error.ts";
import { wholeNumber } from "../../base/field.ts";
import { uniform53 } from "../../base/random.ts";
import { beforeLearning } from "../before-learning.ts";
import { type Parzen, parzenOf } from "../parzen.ts";
import { remembered } from "../remembered.ts";
import { sampler } from "../sampler.ts";
import type { Axis, Units } from "../space.ts";
import { pointOf } from "../space-values.ts";
import { type Goal, observationsOf, type Trial } from "../trial.ts";

/** Bad trials used at most, evenly from better to worse: more add no information, and would make suggestions slow. */
const MOST_BAD = 250;

/** The densities of the better trials, a tenth and at most 25 as Optuna, and of the others. */
function divide(
  trials: readonly Trial[],
  goal: Goal,
  axes: readonly Axis[],
): { readonly good: Parzen; readonly bad: Parzen } {
  const order = observationsOf(trials, goal).toSorted((a, b) => a.cost - b.cost || a.number - b.number);
  const good = Math.min(25, Math.ceil(order.length / 10));
  const points = order.map(({ units }) => units);
  const stride = Math.max(1, (points.length - good) / MOST_BAD);
  const bad = Array.from({ length: Math.floor((points.length - good) / stride) }, (_, i) =>
    known(points[good + Math.floor(i * stride)], "a point"),
  );
  return { good: parzenOf(points.slice(0, good), axes), bad: parzenOf(bad, axes) };
}

/** Tries what good trials have in common and bad ones have not. */
export const tpe = sampler(
  "tpe",
  {
    startup: wholeNumber({ atLeast: 1, default: 10, source: "Optuna", help: "trials drawn at random before" }),
    candidates: wholeNumber({
      atLeast: 1,
      default: 24,
      source: "Bergstra et al. 2011",
      help: "candidates of which the best is taken",
    }),
  },
  ({ startup, candidates }) => {
    const divided = remembered(divide);
    return {
      ask: (question) => {
        const { trials, goal, axes, key } = question;
        if (trials.length < startup) return beforeLearning(question);
        const { good, bad } = divided(trials, goal, axes);
        const width = axes.length + 1;
        const draws = uniform53(key, candidates * width);
        let best: { readonly point: Units; readonly gain: number } | undefined;
        for (let from = 0; from < draws.length; from += width) {
          const kernel = Math.floor(known(draws[from], "a draw") * good.kernels);
          const drawn = pointOf(axes, (_, place) => good.unit(kernel, place, known(draws[from + 1 + place], "a draw")));
          const gain = good.logDensity(drawn) - bad.logDensity(drawn);
          if (best === undefined || gain > best.gain) best = { point: drawn, gain };
        }
        return best?.point ?? beforeLearning(question);
      },
    };
  },
  { help: "tree-structured Parzen estimators" },
);
