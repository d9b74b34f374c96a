/**
 * Expected improvement under a Gaussian process (Jones, Schonlau and Welch 1998). The trials of one round are planned one
 * after the other, each as if the ones before had given what was expected (Ginsbourger, Le Riche and Carraro 2010).
 */
import { known } from "../../base/error.ts";
import { wholeNumber } from "../../base/field.ts";
import { fork } from "../../base/random.ts";
import { normalQuantile } from "../../base/statistics/normal.ts";
import { beforeLearning } from "../before-learning.ts";
import { gaussianProcess } from "../gaussian-process.ts";
import { candidatesFor, improvement } from "../improvement.ts";
import { remembered } from "../remembered.ts";
import { type Question, sampler } from "../sampler.ts";
import type { Axis, Units } from "../space.ts";
import { type Goal, observationsOf, type Trial } from "../trial.ts";

/** Trials as ranks on a normal scale (Salinas, Shen and Perrone 2020), so that outliers and failures do no harm. */
function modelOf(trials: readonly Trial[], goal: Goal, axes: readonly Axis[], points: number, round: number) {
  const order = observationsOf(trials, goal).toSorted((a, b) => a.cost - b.cost || a.number - b.number);
  const latest = new Set(
    order
      .map(({ number }) => number)
      .toSorted((a, b) => b - a)
      .slice(0, points >> 1),
  );
  const scored = order.map((seen, rank) => ({ ...seen, score: normalQuantile((rank + 0.5) / order.length) }));
  const kept = scored.filter(
    ({ number }, rank) => scored.length <= points || rank < points - (points >> 1) || latest.has(number),
  );
  const process = gaussianProcess(
    axes,
    kept.map(({ units }) => units),
    kept.map(({ score }) => score),
    round,
  );
  const best = known(scored[0], "a trial");
  return { process, best: best.units, least: best.score, planned: [] as Units[] };
}

/** Tries where a model of all trials expects to gain most; for expensive trials and up to about twenty axes. */
export const gp = sampler(
  "gp",
  {
    startup: wholeNumber({ atLeast: 2, default: 10, source: "as tpe", help: "trials drawn at random before" }),
    points: wholeNumber({
      atLeast: 2,
      default: 64,
      source: "asking takes their cube",
      help: "points that the model is fitted to at most: half the best, half the latest",
    }),
  },
  ({ startup, points }) => {
    const models = remembered(modelOf);
    return {
      ask: (question: Question) => {
        const { trials, goal, axes, round, number, studyKey } = question;
        if (trials.length < startup) return beforeLearning(question);
        const { process, best, least, planned } = models(trials, goal, axes, points, round);
        const begin = number - (number % round);
        for (let next = begin + planned.length; next <= number; next++) {
          const candidates = candidatesFor(axes, best, fork(studyKey, `trial ${next}`));
          const gains = candidates.map((candidate) => improvement(process, candidate, least));
          const chosen = known(candidates[gains.indexOf(Math.max(...gains))], "a candidate");
          process.believe(chosen, process.at(chosen).mean);
          planned.push(chosen);
        }
        return planned[number - begin] ?? beforeLearning(question);
      },
    };
  },
  { help: "expected improvement under a Gaussian process" },
);
