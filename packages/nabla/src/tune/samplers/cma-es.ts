/** Evolution by a normal distribution that adapts its shape (Hansen and Ostermeier 2001). */
import { known } from "../../base/error.ts";
import { number } from "../../base/field.ts";
import { normal, uniform53 } from "../../base/random.ts";
import { evolve } from "../evolution.ts";
import { remembered } from "../remembered.ts";
import { sampler } from "../sampler.ts";
import { pointOf } from "../space-values.ts";

/** Evolves the axes that always count and have an order; choices and axes under a branch are drawn at random. */
export const cmaEs = sampler(
  "cmaEs",
  {
    spread: number({
      above: 0,
      atMost: 1,
      default: 0.3,
      source: "Hansen 2016: a third of the range",
      help: "how far the first generation lies around the middle, as a share of each axis",
    }),
  },
  ({ spread }) => {
    const evolved = remembered(evolve);
    return {
      ask: ({ trials, axes, goal, round, key }) => {
        const state = evolved(trials, axes, goal, round, spread);
        const n = state.places.length;
        const z = normal(key, n);
        const draws = uniform53(key, axes.length, { stream: 1 });
        return pointOf(axes, (axis, place) => {
          const i = state.places.indexOf(axis);
          if (i < 0) return known(draws[place], "a draw");
          const step = state.lower.subarray(i * n, i * n + i + 1).reduce((sum, part, k) => sum + part * (z[k] ?? 0), 0);
          return (state.middle[i] ?? 0) + state.spread * step;
        });
      },
    };
  },
  { help: "evolution by a normal distribution that adapts its shape (CMA-ES)" },
);
