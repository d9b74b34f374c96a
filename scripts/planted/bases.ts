/** Sound tables, made up: what is measured, how it hangs together, and how much chance there is in it. */
import type { Draws } from "./draws.ts";
import { type Dealt, type Record, sheetOf } from "./sheet.ts";

/** A table that can be made of any number of rows. */
export interface Base {
  readonly target: string;
  /** One row. */
  draw(draws: Draws): Record;
}

/** As many rows to learn from, and as many fresh ones. */
export function deal({ target, draw }: Base, draws: Draws, [rows, fresh]: readonly [number, number]): Dealt {
  const some = (count: number): Record[] => Array.from({ length: count }, () => draw(draws));
  return { train: sheetOf(some(rows), target), fresh: sheetOf(some(fresh), target) };
}

const softplus = (x: number): number => Math.log1p(Math.exp(x));

export const greenhouse: Base = {
  target: "yield_kg",
  draw: (draws) => {
    const [warmth, light, gas, water] = [
      draws.between(11, 33),
      draws.between(40, 900),
      draws.between(360, 1200),
      draws.between(0.3, 6),
    ];
    const soil = draws.pick(["peat", "loam", "sand", "clay"]);
    const best = { peat: 3, loam: 2.4, sand: 4.2, clay: 1.8 }[soil] ?? 3;
    const growth = Math.exp(-(((warmth - 24) / 8) ** 2)) * (1 - Math.exp(-light / 300)) * (0.6 + gas / 2000);
    return {
      warmth,
      light,
      gas,
      water,
      soil,
      yield_kg: 40 * growth * Math.exp(-(((water - best) / 2.5) ** 2)) + 3 + draws.normal(0, 0.7),
    };
  },
};

export const kilns: Base = {
  target: "shrinkage",
  draw: (draws) => {
    const [peak, ramp, soak, wall] = [
      draws.between(980, 1290),
      draws.between(40, 260),
      draws.between(5, 95),
      draws.between(3, 18),
    ];
    const [glaze, moisture] = [draws.pick(["tin", "ash", "salt"]), draws.between(2, 11)];
    const heat = softplus((peak - 1100) / 45) + 0.25 * Math.sqrt(soak);
    return {
      peak,
      ramp,
      soak,
      wall,
      glaze,
      moisture,
      shrinkage:
        4 +
        heat * (1.1 - wall / 40) +
        0.35 * moisture +
        (glaze === "ash" ? 1.2 : 0) -
        ramp / 300 +
        draws.normal(0, 0.35),
    };
  },
};

export const beans: Base = {
  target: "variety",
  draw: (draws) => {
    const at = draws.pick([0, 1, 2, 3]);
    const means = [
      [12, 7.4, 0.31, 41],
      [13.4, 7.9, 0.42, 47],
      [11.2, 8.3, 0.55, 39],
      [14.6, 7.1, 0.4, 52],
    ][at] ?? [0, 0, 0, 0];
    const [length = 0, width = 0, mass = 0, gloss = 0] = means;
    const size = draws.normal(0, 1);
    return {
      length: length + 0.9 * size + draws.normal(0, 0.55),
      width: width + 0.45 * size + draws.normal(0, 0.35),
      mass: mass + 0.07 * size + draws.normal(0, 0.05),
      gloss: gloss + draws.normal(0, 3.6),
      field: draws.pick(["north", "south", "mill"]),
      variety: ["Pinto", "Navy", "Borlotti", "Kidney"][at] ?? "",
    };
  },
};

export const ferries: Base = {
  target: "outcome",
  draw: (draws) => {
    const [wind, wave, hour, cars] = [
      draws.between(0, 24),
      draws.between(0.1, 4),
      draws.between(5, 23),
      Math.round(draws.between(4, 120)),
    ];
    const harbor = draws.pick(["Amrum", "Borkum", "Fanoe", "Juist", "Texel"]);
    const sheltered = { Amrum: 0, Borkum: 1.2, Fanoe: -1, Juist: 0.6, Texel: -0.4 }[harbor] ?? 0;
    const risk = 0.32 * wind + 1.3 * wave - 5.4 - 2 * sheltered + (Math.abs(hour - 8) < 2 ? 1.6 : 0) + cars / 60;
    const drawn = risk + draws.normal(0, 0.8);
    return { wind, wave, hour, cars, harbor, outcome: drawn > 2.3 ? "cancelled" : drawn > -0.6 ? "late" : "on time" };
  },
};

export const looms: Base = {
  target: "fault",
  draw: (draws) => {
    const [tension, speed, humidity, age] = [
      draws.normal(31, 5),
      draws.normal(540, 60),
      draws.between(30, 80),
      draws.between(0, 14),
    ];
    const risk =
      0.3 * Math.abs(tension - 31) + (speed - 540) / 60 + (humidity < 42 ? 1.5 : 0) + age / 7 + draws.normal(0, 0.5);
    return { tension, speed, humidity, age, fault: risk > 4 ? "yes" : "no" };
  },
};

export const rents: Base = {
  target: "rent",
  draw: (draws) => {
    const [area, floor, built] = [
      Math.exp(draws.normal(4.2, 0.35)),
      Math.floor(draws.between(0, 7)),
      Math.round(draws.between(1900, 2022)),
    ];
    const district = draws.pick(["harbor", "hill", "old town", "west"]);
    const level = { harbor: 11, hill: 16, "old town": 14, west: 9 }[district] ?? 10;
    const rate = level * (1 + ((built - 1960) / 90) ** 2 * 0.5) * (1 + floor / 40);
    return { area, floor, built, district, rent: area * rate * Math.exp(draws.normal(0, 0.09)) };
  },
};

export const springs: Base = {
  target: "flow",
  draw: (draws) => {
    const [rain, snow, slope, lime] = [
      draws.between(0, 90),
      draws.between(0, 140),
      draws.between(1, 38),
      draws.between(0, 1),
    ];
    const [melt, depth] = [draws.normal(5, 6), draws.between(2, 60)];
    return {
      rain,
      snow,
      slope,
      lime,
      melt,
      depth,
      flow:
        20 +
        0.5 * rain * (1 - lime) +
        0.05 * snow * Math.max(0, melt) +
        8 * Math.sin(depth / 8) +
        slope / 4 +
        draws.normal(0, 2),
    };
  },
};

export const chips: Base = {
  target: "grade",
  draw: (draws) => {
    const [x, y] = [draws.between(-3, 3), draws.between(-3, 3)];
    const [leak, clock, volts] = [draws.normal(), draws.normal(3.2, 0.4), draws.normal(1.1, 0.05)];
    const ring = Math.hypot(x, y) + 0.25 * leak + draws.normal(0, 0.15);
    return { x, y, leak, clock, volts, grade: ring < 1.3 ? "A" : ring < 2.5 ? "B" : "C" };
  },
};

/** Coin tosses with measurements that say little: most of it is chance. */
export const tosses: Base = {
  target: "side",
  draw: (draws) => {
    const [force, height, wear] = [draws.between(1, 9), draws.between(0.2, 2), draws.between(0, 1)];
    return {
      force,
      height,
      wear,
      hand: draws.pick(["left", "right"]),
      side: force / 4 + draws.normal(0, 2) > 1.2 ? "head" : "tail",
    };
  },
};

const DEPOTS = [
  "Aachen",
  "Bonn",
  "Celle",
  "Dessau",
  "Emden",
  "Fulda",
  "Gera",
  "Hamm",
  "Jena",
  "Kiel",
  "Lindau",
  "Mainz",
  "Passau",
  "Ulm",
];

/** What a delivery costs: above all a matter of the depot. */
export const depots: Base = {
  target: "cost",
  draw: (draws) => {
    const at = Math.floor(draws.between(0, DEPOTS.length));
    const [distance, pallets] = [draws.between(5, 240), Math.ceil(draws.between(0, 9))];
    const cost = 60 + ((at * 37) % 71) + 0.18 * distance + 4 * pallets + draws.normal(0, 4);
    return { depot: DEPOTS[at] ?? "", distance, pallets, cost };
  },
};
