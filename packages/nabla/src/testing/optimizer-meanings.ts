/** What optimizers mean for one number, as their papers write them: the kit compares trajectories with these. */
import { defaults } from "../optim/defaults.ts";
import type { Optimizer } from "../optim/optimizer.ts";

/** The next value from the present one and its slope; steps count from 1. */
type Stepper = (w: number, slope: number, step: number) => number;

interface Meaning {
  /** Options that it knows; an optimizer with others is compared with nothing. */
  readonly knows: readonly string[];
  readonly init: (option: (name: string, otherwise: number) => number, on: (name: string) => boolean) => Stepper;
}

const meanings: Readonly<Record<string, Meaning>> = {
  gradientDescent: {
    knows: ["rate"],
    init: (option) => (w, slope) => w - option("rate", defaults.gradientDescent.rate) * slope,
  },
  momentum: {
    knows: ["rate", "beta", "nesterov"],
    init: (option, on) => {
      const [rate, beta] = [option("rate", defaults.momentum.rate), option("beta", defaults.momentum.beta)];
      let v = 0;
      return (w, slope) => {
        v = beta * v + (1 - beta) * slope;
        return w - rate * (on("nesterov") ? beta * v + (1 - beta) * slope : v);
      };
    },
  },
  // Tieleman and Hinton 2012, epsilon outside the root
  rmsprop: {
    knows: ["rate", "beta", "epsilon"],
    init: (option) => {
      const { rate, beta, epsilon } = defaults.rmsprop;
      let s = 0;
      return (w, slope) => {
        s = option("beta", beta) * s + (1 - option("beta", beta)) * slope ** 2;
        return w - (option("rate", rate) * slope) / (Math.sqrt(s) + option("epsilon", epsilon));
      };
    },
  },
  adam: { knows: ["rate", "beta1", "beta2", "epsilon"], init: (option) => adam(option) },
  // Loshchilov and Hutter 2019, algorithm 2: the decay stands beside the moments
  adamW: {
    knows: ["rate", "beta1", "beta2", "epsilon", "decay"],
    init: (option) => {
      const step = adam(option);
      const shrink = option("rate", defaults.adam.rate) * option("decay", defaults.adamW.decay);
      return (w, slope, t) => step(w, slope, t) - shrink * w;
    },
  },
  adagrad: {
    knows: ["rate", "epsilon"],
    init: (option) => {
      const { rate, epsilon } = defaults.adagrad;
      let total = 0;
      return (w, slope) => {
        total += slope ** 2;
        return w - (option("rate", rate) * slope) / (Math.sqrt(total) + option("epsilon", epsilon));
      };
    },
  },
};

// Kingma and Ba 2015, algorithm 1
function adam(option: (name: string, otherwise: number) => number): Stepper {
  const { rate, beta1, beta2, epsilon } = defaults.adam;
  const [b1, b2] = [option("beta1", beta1), option("beta2", beta2)];
  let [m, v] = [0, 0];
  return (w, slope, t) => {
    m = b1 * m + (1 - b1) * slope;
    v = b2 * v + (1 - b2) * slope ** 2;
    const [first, second] = [m / (1 - b1 ** t), v / (1 - b2 ** t)];
    return w - (option("rate", rate) * first) / (Math.sqrt(second) + option("epsilon", epsilon));
  };
}

/** The values that a number must take while an optimizer walks down `slopeOf`; undefined where nothing is known of it. */
export function meantWalk(
  { kind, options }: Optimizer,
  { from, steps, slopeOf }: { readonly from: number; readonly steps: number; readonly slopeOf: (w: number) => number },
): readonly number[] | undefined {
  const meaning = meanings[kind];
  if (meaning === undefined || Object.keys(options).some((name) => !meaning.knows.includes(name))) return undefined;
  const option = (name: string, otherwise: number): number => {
    const value = options[name];
    return typeof value === "number" ? value : otherwise;
  };
  const step = meaning.init(option, (name) => options[name] === true);
  const values: number[] = [];
  let w = from;
  for (let t = 1; t <= steps; t++) {
    w = step(w, slopeOf(w), t);
    values.push(w);
  }
  return values;
}
