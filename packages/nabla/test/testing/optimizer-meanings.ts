/** What every optimizer means for one number, as its paper writes it: the kit compares trajectories with these. */
import type { PlainOptions } from "../../src/base/described.ts";
import type { OptimizerMeaning } from "../../src/testing/optimizer-kit.ts";
import { meaningOf } from "./meaning-of.ts";

/** Options with the papers' numbers where nothing is said. */
interface Options {
  number(name: string, otherwise: number): number;
  is(name: string): boolean;
  word(name: string): unknown;
}

/** The direction from the slope; steps count from 1. */
type Directions = (slope: number, step: number, w: number) => number;

const byAdam = (of: Options, epsilon = 1e-8): Directions => {
  const [beta1, beta2, small] = [of.number("beta1", 0.9), of.number("beta2", 0.999), of.number("epsilon", epsilon)];
  let [m, v] = [0, 0];
  return (g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const [first, second] = of.word("correct") === false ? [m, v] : [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
    return first / (Math.sqrt(second) + small);
  };
};

const byMomentum = (of: Options, name = "beta", form = of.word("form")): Directions => {
  const beta = of.number(name, 0.9);
  const damped = 1 - of.number("dampening", 0);
  let v = 0;
  return (g, t) => {
    const fresh = form === "heavyBall" ? (t === 1 ? 1 : damped) * g : (1 - beta) * g;
    v = beta * v + fresh;
    const ahead = of.is("nesterov") ? beta * v + fresh : v;
    return of.is("correct") ? ahead / (1 - beta ** t) : ahead;
  };
};

const byRms = (of: Options): Directions => {
  const [beta, small] = [of.number("beta", 0.9), of.number("epsilon", 1e-8)];
  let [s, average] = [0, 0];
  return (g) => {
    s = beta * s + (1 - beta) * g ** 2;
    average = beta * average + (1 - beta) * g;
    const spread = of.is("centered") ? s - average ** 2 : s;
    return g / (of.word("place") === "inside" ? Math.sqrt(spread + small) : Math.sqrt(spread) + small);
  };
};

const byNAdam = (of: Options): Directions => {
  const [beta1, beta2, small] = [of.number("beta1", 0.9), of.number("beta2", 0.999), of.number("epsilon", 1e-8)];
  const mu = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * of.number("rise", 0.004)));
  let [m, v, product] = [0, 0, 1];
  return (g, t) => {
    product *= mu(t);
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const first = (mu(t + 1) * m) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * g) / (1 - product);
    return first / (Math.sqrt(v / (1 - beta2 ** t)) + small);
  };
};

const byAmsgrad = (of: Options): Directions => {
  const [beta1, beta2, small] = [of.number("beta1", 0.9), of.number("beta2", 0.999), of.number("epsilon", 1e-8)];
  let [m, v, most] = [0, 0, 0];
  return (g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    most = Math.max(most, v);
    return m / (1 - beta1 ** t) / (Math.sqrt(most / (1 - beta2 ** t)) + small);
  };
};

const byAdamax = (of: Options): Directions => {
  const [beta1, beta2, small] = [of.number("beta1", 0.9), of.number("beta2", 0.999), of.number("epsilon", 1e-8)];
  let [m, most] = [0, 0];
  return (g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    most = Math.max(beta2 * most, Math.abs(g) + small);
    return m / (1 - beta1 ** t) / most;
  };
};

const byAdadelta = (of: Options): Directions => {
  const [beta, small] = [of.number("beta", 0.9), of.number("epsilon", 1e-6)];
  let [s, moved] = [0, 0];
  return (g) => {
    s = beta * s + (1 - beta) * g ** 2;
    const d = (Math.sqrt(moved + small) / Math.sqrt(s + small)) * g;
    moved = beta * moved + (1 - beta) * d ** 2;
    return d;
  };
};

const byAdagrad = (of: Options): Directions => {
  let total = of.number("initial", 0);
  return (g) => {
    total += g ** 2;
    return g / (Math.sqrt(total) + of.number("epsilon", 1e-10));
  };
};

const byRAdam = (of: Options): Directions => {
  const [beta1, beta2, small] = [of.number("beta1", 0.9), of.number("beta2", 0.999), of.number("epsilon", 1e-8)];
  const most = 2 / (1 - beta2) - 1;
  let [m, v] = [0, 0];
  return (g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const first = m / (1 - beta1 ** t);
    const length = most - (2 * t * beta2 ** t) / (1 - beta2 ** t);
    if (length <= 5) return first;
    const r = Math.sqrt(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length));
    return (r * first * Math.sqrt(1 - beta2 ** t)) / (Math.sqrt(v) + small);
  };
};

/** Of one number: no rows and columns, and its root mean square is its size. */
const byAdafactor = (of: Options): Directions => {
  let v = 0;
  return (g, t, w) => {
    const share = t ** -of.number("fading", 0.8);
    v += share * (g ** 2 - v);
    const scaled = g / Math.sqrt(Math.max(v, of.number("epsilon", 1e-15) ** 2));
    const bounded = scaled / Math.max(1, Math.abs(scaled) / of.number("clip", 1));
    return bounded * Math.max(of.number("smallest", 1e-3), Math.abs(w));
  };
};

const byLion = (of: Options): Directions => {
  const [beta1, beta2] = [of.number("beta1", 0.9), of.number("beta2", 0.99)];
  let m = 0;
  return (g) => {
    const d = Math.sign(beta1 * m + (1 - beta1) * g);
    m = beta2 * m + (1 - beta2) * g;
    return d;
  };
};

/** Decay stands beside what comes before it. */
const decaying =
  (name: string, otherwise: number) =>
  (of: Options): Directions =>
  (d, _, w) =>
    d + of.number(name, otherwise) * w;

/** The direction gets the length of the parameter; where either is 0 it stays. */
const byTrust = (): Directions => (d, _, w) => (w === 0 || d === 0 ? d : (d * Math.abs(w)) / Math.abs(d));

const clipped = (of: Options): Directions => {
  const most = of.number("most", Number.NaN);
  return (g) => Math.min(most, Math.max(-most, g));
};

/** The factor of the first pattern that fits the path of the kit's parameter. */
const grouped = (of: Options): Directions => {
  const factors = Object.entries(of.word("factors") as PlainOptions);
  const fits = (pattern: string): boolean => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test("weights");
  const factor = Number(factors.find(([pattern]) => fits(pattern))?.[1] ?? 1);
  return (g) => factor * g;
};

type Transform = (of: Options) => Directions;

/** Transforms by kind: of a single number all norms are its size. */
const transforms: Readonly<Record<string, Transform>> = {
  momentum: (of) => byMomentum(of), // Polyak 1964; Sutskever et al. 2013
  rms: byRms, // Tieleman and Hinton 2012; Graves 2013 where it is centered
  adam: (of) => byAdam(of), // Kingma and Ba 2015, algorithm 1
  nadam: byNAdam, // Dozat 2016, algorithm 2
  amsgrad: byAmsgrad, // Reddi, Kale and Kumar 2018, with PyTorch's correction
  adamax: byAdamax, // Kingma and Ba 2015, algorithm 2, with PyTorch's epsilon
  adadelta: byAdadelta, // Zeiler 2012, algorithm 1
  adagrad: byAdagrad, // Duchi, Hazan and Singer 2011
  lion: byLion, // Chen et al. 2023, algorithm 2
  radam: byRAdam, // Liu et al. 2020, algorithm 2
  adafactor: byAdafactor, // Shazeer and Stern 2018, algorithm 5
  muon: (of) => byAdam(of), // of vectors; Jordan et al. 2024
  trust: byTrust, // You et al. 2017
  decay: decaying("strength", Number.NaN),
  clipValue: clipped,
  clipNorm: clipped,
  clipGlobalNorm: clipped,
  groups: grouped,
  maxNorm: () => (g) => g, // a bound on what comes after the step, see `bounded`
};

/** What each optimizer is made of, and its rate where nothing is said. */
const optimizers: Readonly<Record<string, readonly [rate: number, ...Transform[]]>> = {
  gradientDescent: [0.01],
  momentum: [0.1, (of) => byMomentum(of)],
  rmsprop: [
    0.001,
    byRms,
    (of) =>
      of.word("momentum") === undefined ? (g) => g : byMomentum({ ...of, is: () => false }, "momentum", "heavyBall"),
  ],
  adam: [0.001, (of) => byAdam(of)],
  adamW: [0.001, (of) => byAdam(of), decaying("decay", 0.01)], // Loshchilov and Hutter 2019, algorithm 2
  nadam: [0.002, byNAdam],
  amsgrad: [0.001, byAmsgrad],
  adamax: [0.002, byAdamax],
  adadelta: [1, byAdadelta],
  adagrad: [0.01, byAdagrad],
  lion: [1e-4, byLion, decaying("decay", 0)],
  radam: [0.001, byRAdam],
  adafactor: [0.01, byAdafactor, decaying("decay", 0)],
  muon: [0.001, (of) => byAdam(of), decaying("decay", 0.1)],
  lamb: [0.001, (of) => byAdam(of, 1e-6), decaying("decay", 0.01), byTrust], // You et al. 2020, algorithm 2
};

function optionsOf(data: PlainOptions): Options {
  return {
    number: (name, otherwise) => (typeof data[name] === "number" ? data[name] : otherwise),
    is: (name) => data[name] === true,
    word: (name) => data[name],
  };
}

/** Directions one after the other. */
function inTurn(all: readonly Directions[]): Directions {
  return (slope, step, w) => all.reduce((direction, next) => next(direction, step, w), slope);
}

/** What an optimizer of this kind and with these options means; an error where nothing is written down. */
export function optimizerMeaning(data: PlainOptions): OptimizerMeaning {
  const kind = String(data.kind);
  if (kind === "accumulate") return accumulated(data);
  if (kind !== "sequence") {
    const [rate, ...made] = meaningOf(optimizers, kind);
    return () => walking(Number(data.rate ?? rate), inTurn(made.map((transform) => transform(optionsOf(data)))));
  }
  const chained = (data.transforms as readonly (string | PlainOptions)[]).map((one) =>
    typeof one === "string" ? { kind: one } : one,
  );
  const most = Math.min(
    ...chained.map((one) => (one.kind === "maxNorm" ? Number(one.most) : Number.POSITIVE_INFINITY)),
  );
  return () => {
    const made = chained.map((one) => meaningOf(transforms, String(one.kind))(optionsOf(one)));
    const walk = walking(Number(data.rate), inTurn(made));
    return (w, slope, step) => Math.min(most, Math.max(-most, walk(w, slope, step)));
  };
}

function walking(rate: number, directions: Directions): ReturnType<OptimizerMeaning> {
  return (w, slope, step) => w - rate * directions(slope, step, w);
}

/** One update in `every` steps by the mean of their slopes; in between nothing moves. */
function accumulated({ every, optimizer }: PlainOptions): OptimizerMeaning {
  return () => {
    const walk = optimizerMeaning(optimizer as PlainOptions)();
    const slopes: number[] = [];
    return (w, slope, step) => {
      slopes.push(slope);
      if (slopes.length < Number(every)) return w;
      const mean = slopes.splice(0).reduce((sum, one) => sum + one, 0) / Number(every);
      return walk(w, mean, step / Number(every));
    };
  };
}

/** Every kind that means something here. */
export const kindsWithMeaning: readonly string[] = [...Object.keys(optimizers), "sequence", "accumulate"];
