/** Evolution by a normal distribution that adapts its shape (Hansen and Ostermeier 2001). */
import { known } from "../../base/error.ts";
import { number } from "../../base/field.ts";
import { uniform53 } from "../../base/random.ts";
import { drawnAt, generationAfter, unitWithin } from "../generations.ts";
import { remembered } from "../remembered.ts";
import { type Question, sampler } from "../sampler.ts";
import { pointOf } from "../space-values.ts";

/** Evolves the axes that always count and have an order; choices and axes under a branch are drawn at random. */
export const cmaEs = sampler(
  "cmaEs",
  {
    spread: number({
      above: 0,
      atMost: 1,
      default: 0.2,
      source: "Hansen 2016: 0.2 to 0.3 of the range; measured: benchmarks/tuning.md",
      help: "the standard deviation of the first generation, as a share of each axis",
    }),
  },
  ({ spread }) => {
    const generations = remembered((trials: Question["trials"], ...[axes, goal, round, studyKey, start]: Rest) =>
      generationAfter(trials, { axes, goal, round, spread, studyKey, start }),
    );
    return {
      ask: ({ trials, axes, goal, round, studyKey, start, number, key }) => {
        const { places, state } = generations(trials, axes, goal, round, studyKey, start);
        const drawn = drawnAt(state, number, studyKey);
        const draws = uniform53(key, axes.length, { stream: 1 });
        return pointOf(axes, (axis, place) => {
          const i = places.indexOf(axis);
          return i < 0 ? known(draws[place], "a draw") : unitWithin(known(drawn[i], "a place"));
        });
      },
    };
  },
  { help: "evolution by a normal distribution that adapts its shape (CMA-ES), with restarts" },
);

type Rest = [Question["axes"], Question["goal"], Question["round"], Question["studyKey"], Question["start"]];
