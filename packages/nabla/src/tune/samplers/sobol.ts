/** Points that fill the space evenly from the first on (Sobol' 1967; Joe and Kuo 2008). */
import { known } from "../../base/error.ts";
import { bits, fork, uniform53 } from "../../base/random.ts";
import { sampler } from "../sampler.ts";
import { SOBOL_AXES, sobolWord } from "../sobol-sequence.ts";
import { pointOf } from "../space-values.ts";

/**
 * Fills the space evenly; the seed shifts all points alike (a digital shift). Axes after the 37th are drawn at random.
 */
export const sobol = sampler(
  "sobol",
  {},
  () => ({
    ask: ({ axes, number, key, studyKey }) => {
      const shifts = bits(fork(studyKey, "sobol"), axes.length);
      const draws = uniform53(key, axes.length);
      return pointOf(axes, (_, place) =>
        place < SOBOL_AXES
          ? ((sobolWord(place, number) ^ known(shifts[place], "a shift")) >>> 0) / 2 ** 32
          : known(draws[place], "a draw"),
      );
    },
  }),
  { help: "points that fill the space evenly (Sobol)" },
);
