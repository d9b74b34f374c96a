/** Trainings with nothing wrong: ordinary settings on sound tables, some of which only look as if something were wrong. */
import { type Base, beans, chips, ferries, kilns, looms, rents, springs, tosses } from "./bases.ts";
import { type Healthy, rowsOf } from "./cases.ts";
import { tableRows } from "./tables.ts";

/** Half of the variance of the answer is chance. */
const drizzle: Base = {
  target: "liters",
  draw: (draws) => {
    const [cloud, wind, press, dew] = [draws.normal(), draws.normal(), draws.normal(), draws.normal()];
    return { cloud, wind, press, dew, liters: 12 + 2 * cloud - 1.2 * press + 0.6 * dew + draws.normal(0, 2.4) };
  },
};

/** Nothing that is measured has to do with the answer. */
const coin: Base = {
  target: "side",
  draw: (draws) => ({
    force: draws.between(1, 9),
    height: draws.between(0.2, 2),
    wear: draws.between(0, 1),
    side: draws.pick(["head", "tail"]),
  }),
};

/** Inputs with long tails: sizes of firms, where the largest is ten thousand times the middle one. */
const firms: Base = {
  target: "audited",
  draw: (draws) => {
    const [sales, staff, debt] = [draws.normal(2, 2), draws.normal(1, 1.7), draws.normal(0, 2.2)];
    return {
      sales: Math.exp(sales),
      staff: Math.ceil(Math.exp(staff)),
      debt: Math.exp(debt),
      audited: 0.9 * (sales - 2) + 0.5 * debt + draws.normal(0, 0.6) > 0 ? "yes" : "no",
    };
  },
};

/** Identifiers in no order: names, and numbers that are drawn. */
const tickets: Base = {
  target: "hours",
  draw: (draws) => {
    const [queue, size, team] = [draws.between(0, 40), draws.between(1, 13), draws.pick(["red", "blue", "green"])];
    return {
      ticket: `T-${Math.floor(draws.between(1e5, 1e6))}`,
      number: Math.floor(draws.between(1e6, 1e7)),
      queue,
      size,
      team,
      hours: 0.4 * queue + size * (team === "red" ? 1.6 : 1) + draws.normal(0, 1.2),
    };
  },
};

/** Rain that mostly does not fall, and alarms that are rare and mean something. */
const pumps: Base = {
  target: "load",
  draw: (draws) => {
    const rain = draws.chance(0.6) ? 0 : draws.between(1, 60);
    const [alarm, level] = [draws.chance(0.04) ? 1 : 0, draws.between(1, 5)];
    return { rain, alarm, level, load: 10 + 0.4 * rain + 14 * alarm + 3 * level + draws.normal(0, 1.5) };
  },
};

/** Many levels, of which each has a say of its own, and short notes of a few words. */
const stations: Base = {
  target: "delay",
  draw: (draws) => {
    const station = Math.floor(draws.between(0, 40));
    const note = `${draws.pick(["heavy", "light", "no"])} ${draws.pick(["traffic", "snow", "works"])}`;
    return {
      station: `Station ${String.fromCharCode(65 + (station % 26))}${station}`,
      note,
      hour: draws.between(5, 23),
      delay: 3 + (station % 7) + (note.startsWith("heavy") ? 4 : 0) + draws.normal(0, 1.3),
    };
  },
};

/** Dates in no order that say nothing. */
const visitors: Base = {
  target: "stay",
  draw: (draws) => {
    const date = new Date(Date.UTC(2021, 0, 1 + Math.floor(draws.between(0, 900)))).toISOString().slice(0, 10);
    const [age, party] = [draws.between(18, 80), Math.ceil(draws.between(0, 6))];
    return { date, age, party, stay: age / 20 + party * 0.7 + draws.normal(0, 0.6) > 5 ? "long" : "short" };
  },
};

/** Two sorts of machines, whose sizes lie far apart: no other unit, and the sort is known. */
const presses: Base = {
  target: "force",
  draw: (draws) => {
    const large = draws.chance(0.3);
    const size = large ? draws.normal(260, 25) : draws.normal(11, 1.4);
    const oil = draws.between(20, 90);
    return {
      machine: large ? "hall" : "bench",
      size,
      oil,
      force: 40 * Math.log(size) + 0.3 * oil + draws.normal(0, 4),
    };
  },
};

/** Inputs with few values each, so that rows of the same inputs are common. */
const survey: Base = {
  target: "again",
  draw: (draws) => {
    const [taste, price, look] = [1, 2, 3].map(() => Math.floor(draws.between(1, 6)));
    const sex = draws.pick(["f", "m"]);
    return {
      taste: taste ?? 0,
      price: price ?? 0,
      look: look ?? 0,
      sex,
      again: 0.8 * (taste ?? 0) + 0.4 * (price ?? 0) + draws.normal(0, 0.9) > 3.6 ? "yes" : "no",
    };
  },
};

export const healthy: readonly Healthy[] = [
  { name: "kilns, 300 rows", sound: rowsOf(kilns, 300), options: [] },
  { name: "ferries, 600 rows", sound: rowsOf(ferries, 600), options: [] },
  { name: "looms, a class of one row in twelve", sound: rowsOf(looms, 700), options: [] },
  { name: "rents, a skewed target", sound: rowsOf(rents, 500), options: [] },
  { name: "rings of chips, 250 rows", sound: rowsOf(chips, 250), options: [] },
  { name: "beans, a network of one's own", sound: rowsOf(beans, 450), options: ["--hidden", "64,32"] },
  { name: "springs, batches of 64", sound: rowsOf(springs, 700), options: ["--batch", "64"] },
  { name: "drizzle at its noise floor", sound: rowsOf(drizzle, 500), options: [], floor: true },
  { name: "a coin, which nothing foretells", sound: rowsOf(coin, 400), options: [], floor: true },
  { name: "tosses at their noise floor", sound: rowsOf(tosses, 600), options: [], floor: true },
  { name: "firms of very different size", sound: rowsOf(firms, 550), options: [] },
  { name: "tickets with identifiers", sound: rowsOf(tickets, 480), options: [] },
  { name: "pumps: many zeros, rare alarms", sound: rowsOf(pumps, 520), options: [] },
  { name: "stations: forty levels and notes", sound: rowsOf(stations, 650), options: [] },
  { name: "visitors by date, without a trend", sound: rowsOf(visitors, 560), options: [] },
  { name: "presses of two sizes", sound: rowsOf(presses, 500), options: [] },
  { name: "a survey, whose rows look alike", sound: rowsOf(survey, 500), options: [], floor: true },
  { name: "concrete", sound: tableRows("concrete", 500), options: [] },
  {
    name: "concrete, robust scaling",
    sound: tableRows("concrete", 420),
    options: ["--scaling", "robust"],
  },
  { name: "credit", sound: tableRows("credit", 1000), options: [] },
  { name: "friedman1", sound: tableRows("friedman1", 250), options: [] },
  { name: "glass", sound: tableRows("glass", 110), options: [] },
  { name: "a line with chance", sound: tableRows("linear", 200), options: [] },
  { name: "satellite", sound: tableRows("satellite", 900), options: [] },
  { name: "servo", sound: tableRows("servo", 85), options: [] },
  { name: "sonar", sound: tableRows("sonar", 112), options: [] },
  { name: "vehicle", sound: tableRows("vehicle", 400), options: [] },
  { name: "vowel, whose classes differ in case", sound: tableRows("vowel", 500), options: [] },
  { name: "cars", sound: tableRows("cars", 200), options: [] },
  {
    name: "visits to a doctor, counts at their noise floor",
    sound: tableRows("visits", 1200),
    options: [],
    floor: true,
  },
];
