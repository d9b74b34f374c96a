import { draws, many } from "../as-people-write-them/draws.ts";
import { comma, day } from "../as-people-write-them/dress.ts";
import type { ProfileFile } from "./profile-file.ts";
import { dayIn, momentIn, textOf } from "./row-table.ts";

const short = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A sensor every ten minutes: -999 where it failed, moments with Z. */
function sensorLog(): ProfileFile {
  const random = draws(41);
  const rows = many(180, (i) => ({
    timestamp: `${momentIn(2024, 10 * i)}Z`,
    sensor: random.pick(["a-01", "a-02", "b-07"]),
    temperature: random.chance(0.06) ? -999 : Number((18 + 6 * Math.sin(i / 23) + random.normal()).toFixed(2)),
    humidity: random.chance(0.04) ? -999 : random.real(30, 90, 1),
    battery: (4.2 - i / 500).toFixed(3),
    status: random.pick(["OK", "OK", "OK", "ERR_7"]),
  }));
  return { name: "sensor-log.csv", content: textOf(rows), target: "temperature" };
}

/** Requests of a web server: moments as Apache writes them, sizes with - for none, addresses. */
function webLog(): ProfileFile {
  const random = draws(42);
  const rows = many(150, (i) => {
    const at = momentIn(2024, 3 * i);
    return {
      host: `10.0.${random.whole(0, 3)}.${random.whole(1, 20)}`,
      time: `${day(at, "DD/NAME/YYYY", short)}:${day(at, "hh:mm:ss")} +0000`,
      method: random.pick(["GET", "GET", "POST"]),
      path: random.pick(["/", "/cart", "/search?q=shoes", "/img/logo.png"]),
      status: random.pick([200, 200, 200, 304, 404, 500]),
      bytes: random.chance(0.15) ? "-" : random.whole(120, 80_000),
      agent: random.pick(["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)"]),
      ms: random.real(0.4, 900, 1),
    };
  });
  return { name: "web-log.tsv", content: textOf(rows, { delimiter: "\t" }), target: "ms" };
}

/** Weather of an airport: T for a trace of rain, M for missing, winds in words, hours as 0551. */
function weather(): ProfileFile {
  const random = draws(43);
  const rows = many(150, (i) => ({
    Station: 14_739,
    Date: day(dayIn(2023, i), "YYYYMMDD"),
    Tmax: random.chance(0.02) ? "M" : random.whole(20, 95),
    Tmin: random.chance(0.02) ? "M" : random.whole(5, 70),
    Sunrise: random.chance(0.1) ? "-" : `0${random.whole(4, 7)}${random.whole(10, 59)}`,
    CodeSum: random.pick(["", "RA", "TSRA BR", "HZ"]),
    SnowFall: random.chance(0.1) ? "  T" : "0.0",
    PrecipTotal: random.chance(0.12) ? "  T" : random.real(0, 2, 2).toFixed(2),
    ResultSpeed: random.real(0, 20, 1),
    Delayed: random.pick([0, 0, 1]),
  }));
  return { name: "weather.csv", content: textOf(rows), target: "Delayed" };
}

/** Counts of birds: Latin names, X for present but not counted, coordinates, durations in minutes. */
function birdCounts(): ProfileFile {
  const random = draws(44);
  const rows = many(130, (i) => ({
    "SUBMISSION ID": `S${71_000_000 + 37 * i}`,
    "SCIENTIFIC NAME": random.pick(["Parus major", "Turdus merula", "Erithacus rubecula", "Corvus corone"]),
    "OBSERVATION COUNT": random.chance(0.12) ? "X" : random.whole(1, 40),
    LATITUDE: random.real(47.2, 54.9, 7),
    LONGITUDE: random.real(6.1, 14.9, 7),
    "OBSERVATION DATE": dayIn(2022, random.whole(0, 364)),
    "TIME OBSERVATIONS STARTED": `${String(random.whole(5, 19)).padStart(2, "0")}:${String(random.whole(0, 59)).padStart(2, "0")}:00`,
    "DURATION MINUTES": random.chance(0.1) ? "" : random.whole(5, 240),
    APPROVED: random.pick([1, 1, 1, 0]),
  }));
  return { name: "bird-counts.txt", content: textOf(rows, { delimiter: "\t" }), target: "OBSERVATION COUNT" };
}

/** Wines: semicolons, quoted names, points in decimals, a quality from 3 to 8. */
function wines(): ProfileFile {
  const random = draws(45);
  const rows = many(160, () => ({
    "fixed acidity": random.real(4, 15, 1),
    "volatile acidity": random.real(0.1, 1.5, 2),
    "citric acid": random.real(0, 1, 2),
    "residual sugar": random.real(0.9, 15, 1),
    chlorides: random.real(0.01, 0.6, 3),
    "free sulfur dioxide": random.whole(1, 72),
    density: random.real(0.99, 1.004, 5),
    pH: random.real(2.7, 4, 2),
    alcohol: random.real(8.4, 14.9, 1),
    quality: random.pick([3, 4, 5, 5, 5, 6, 6, 7, 8]),
  }));
  const text = textOf(rows, { delimiter: ";" });
  const [header = ""] = text.split("\n");
  const quoted = header.split(";").map((name) => `"${name}"`);
  return { name: "wines.csv", content: text.replace(header, quoted.join(";")), target: "quality" };
}

/** Cars of the seventies in columns by blanks, with ? for six horsepowers and names behind a tab. */
function oldCars(): ProfileFile {
  const random = draws(46);
  const lines = many(120, () => {
    const fields = [
      random.real(9, 46, 1).toFixed(1).padEnd(7),
      String(random.pick([4, 6, 8])).padEnd(4),
      random.real(68, 455, 1).toFixed(1).padEnd(11),
      (random.chance(0.05) ? "?" : random.real(46, 230, 1).toFixed(1)).padEnd(11),
      `${random.whole(1613, 5140)}.`.padEnd(11),
      random.real(8, 25, 1).toFixed(1).padEnd(7),
      `${random.whole(70, 82)}  ${random.whole(1, 3)}`,
    ];
    return `${fields.join("")}\t"${random.pick(["ford", "chevrolet", "toyota", "volkswagen"])} ${random.pick(["pinto", "impala", "corona", "rabbit"])}"`;
  });
  return { name: "old-cars.data", content: `${lines.join("\n")}\n` };
}

/** Flowers without names of columns, with an empty line at the end. */
function flowers(): ProfileFile {
  const random = draws(47);
  const kinds = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"];
  const lines = many(90, (i) => {
    const kind = Math.floor(i / 30);
    const sizes = [4.8 + 0.7 * kind, 3.4 - 0.3 * kind, 1.4 + 2 * kind, 0.3 + 0.8 * kind];
    return [...sizes.map((size) => (size + 0.25 * Math.abs(random.normal())).toFixed(1)), kinds[kind]].join(",");
  });
  return { name: "flowers.data", content: `${lines.join("\n")}\n\n` };
}

/** Air of a road: decimal commas, -200 for missing, points in times, two empty columns at the end. */
function roadAir(): ProfileFile {
  const random = draws(48);
  const lines = many(140, (i) => {
    const at = momentIn(2024, 60 * i);
    const value = (low: number, high: number, digits: number): string =>
      random.chance(0.07) ? "-200" : comma(random.real(low, high, digits), digits);
    return `${[day(at, "DD/MM/YYYY"), day(at, "hh.mm.ss"), value(0.2, 9, 1), value(700, 1900, 0), value(10, 900, 0), value(-2, 40, 1), value(0.2, 2, 4)].join(";")};;`;
  });
  return {
    name: "road-air.csv",
    content: `Date;Time;CO(GT);PT08.S1(CO);NOx(GT);T;AH;;\n${lines.join("\n")}\n`,
    target: "CO(GT)",
  };
}

/** Power of a household: ? for missing in all columns at once, dates day first, times. */
function household(): ProfileFile {
  const random = draws(49);
  const rows = many(170, (i) => {
    const at = momentIn(2007, 60 * 7 * i);
    const gone = random.chance(0.04);
    const value = (low: number, high: number, digits: number): string =>
      gone ? "?" : random.real(low, high, digits).toFixed(digits);
    return {
      Date: day(at, "D/M/YYYY"),
      Time: day(at, "hh:mm:ss"),
      Global_active_power: value(0.1, 8, 3),
      Voltage: value(225, 250, 2),
      Global_intensity: value(0.4, 35, 1),
      Sub_metering_3: gone ? "" : value(0, 19, 0),
    };
  });
  return { name: "household.txt", content: textOf(rows, { delimiter: ";" }), target: "Global_active_power" };
}

/** Rented bikes by the hour: weekdays and months as numbers, shares from 0 to 1, three targets that add up. */
function bikes(): ProfileFile {
  const random = draws(50);
  const rows = many(180, (i) => {
    const [casual, registered] = [random.whole(0, 120), random.whole(0, 500)];
    return {
      instant: i + 1,
      dteday: dayIn(2011, Math.floor(i / 24)),
      season: 1,
      mnth: 1,
      hr: i % 24,
      holiday: 0,
      weekday: (6 + Math.floor(i / 24)) % 7,
      weathersit: random.pick([1, 1, 2, 3]),
      temp: random.real(0.02, 0.6, 2),
      hum: random.real(0.2, 1, 2),
      casual,
      registered,
      cnt: casual + registered,
    };
  });
  return { name: "bikes.csv", content: textOf(rows), target: "cnt" };
}

/** Files of measurements. */
export const measured: readonly ProfileFile[] = [
  ...[sensorLog(), webLog(), weather(), birdCounts(), wines()],
  ...[oldCars(), flowers(), roadAir(), household(), bikes()],
];
