/** Every point of the space as likely as any other, whatever came before (Bergstra and Bengio 2012). */
import { known } from "../../base/error.ts";
import { uniform53 } from "../../base/random.ts";
import { sampler } from "../sampler.ts";
import { pointOf } from "../space-values.ts";

/** Draws at random: each trial gives every axis a value that no other trial has. */
export const random = sampler(
  "random",
  {},
  () => ({
    ask: ({ axes, key }) => {
      const draws = uniform53(key, axes.length);
      return pointOf(axes, (_, place) => known(draws[place], "a draw"));
    },
  }),
  { help: "independent random points" },
);
