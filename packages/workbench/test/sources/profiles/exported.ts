import { gzipSync } from "node:zlib";
import { type Cell, workbook, zip } from "../as-people-write-them/archives.ts";
import { draws, many } from "../as-people-write-them/draws.ts";
import { daysOf, grouped } from "../as-people-write-them/dress.ts";
import type { ProfileFile } from "./profile-file.ts";
import { dayIn, momentIn, textOf } from "./row-table.ts";

/** A report of a spreadsheet as CSV: title, date, empty line, header, sums at the end. */
function monthlyReport(): ProfileFile {
  const random = draws(61);
  const sums = many(36, () => random.whole(10_000, 900_000));
  const rows = sums.map((sum, i) => ({
    Month: dayIn(2021 + Math.floor(i / 12), 31 * (i % 12)).slice(0, 7),
    Region: ["North", "South", "West"][i % 3] ?? "",
    Revenue: `$${grouped(sum)}`,
    Margin: `${random.real(4, 31, 1)}%`,
  }));
  const total = `$${grouped(sums.reduce((sum, value) => sum + value, 0))}`;
  const title = `"Monthly report, all regions",,,\nPrinted 2024-02-01,,,\n,,,\n`;
  return { name: "monthly-report.csv", content: `${title}${textOf(rows)}Total,,"${total}",\n`, target: "Revenue" };
}

/** A workbook: a title, dates, percent, truths, a second sheet of notes. */
function inventory(): ProfileFile {
  const random = draws(62);
  const rows = many(60, (i): readonly Cell[] => [
    `SKU-${String(100 + i).padStart(5, "0")}`,
    { day: daysOf(dayIn(2023, random.whole(0, 364))) + 25_569 },
    random.pick(["Bolt", "Nut", "Washer"]),
    random.chance(0.1) ? null : random.whole(0, 4000),
    { percent: random.real(0, 0.4, 2) },
    random.chance(0.2),
    random.real(0.02, 9, 3),
  ]);
  const sheet = [
    ["Inventory of the second quarter"],
    [],
    ["Article", "Counted", "Kind", "Stock", "Rebate", "Blocked", "Price"],
    ...rows,
  ];
  return {
    name: "inventory.xlsx",
    content: workbook({ Stock: sheet, Notes: [["please check the bolts"]] }),
    target: "Price",
  };
}

/** write.csv of R: row names, a header with quotes, NA, TRUE and FALSE. */
function carsOfR(): ProfileFile {
  const random = draws(63);
  const makers = ["Mazda RX", "Datsun", "Hornet", "Merc", "Fiat"];
  const lines = many(64, (i) => {
    const mpg = random.chance(0.06) ? "NA" : random.real(10, 34, 1);
    return [
      `"${makers[i % 5]} ${i}"`,
      mpg,
      random.pick([4, 6, 8]),
      random.real(71, 472, 1),
      random.whole(52, 335),
      random.real(1.5, 5.5, 3),
      random.pick(["TRUE", "FALSE"]),
      random.pick(['"manual"', '"automatic"']),
    ].join(",");
  });
  return {
    name: "cars-of-r.csv",
    content: `"","mpg","cyl","disp","hp","wt","vs","am"\n${lines.join("\n")}\n`,
    target: "mpg",
  };
}

/** write.table of R: blanks between columns, a header with one name less. */
function tableOfR(): ProfileFile {
  const random = draws(64);
  const lines = many(70, (i) =>
    [i + 1, random.real(4.3, 7.9, 1), random.real(2, 4.4, 1), random.pick(["setosa", "versicolor", "virginica"])].join(
      "\t",
    ),
  );
  return {
    name: "table-of-r.txt",
    content: `Sepal.Length\tSepal.Width\tSpecies\n${lines.join("\n")}\n`,
    target: "Species",
  };
}

/** to_json of pandas by columns, with milliseconds for dates. */
function framesOfPandas(): ProfileFile {
  const random = draws(65);
  const byRow = (make: (i: number) => unknown): object => Object.fromEntries(many(60, (i) => [String(i), make(i)]));
  const content = {
    date: byRow((i) => daysOf(dayIn(2024, i)) * 86_400_000),
    store: byRow(() => random.pick(["Berlin", "Wien", "Zürich"])),
    open: byRow(() => random.chance(0.85)),
    customers: byRow(() => (random.chance(0.05) ? null : random.whole(40, 900))),
    sales: byRow(() => random.real(900, 20_000, 2)),
  };
  return { name: "frames-of-pandas.json", content: JSON.stringify(content), target: "sales" };
}

/** Events of an interface, an object a line, nested, with keys that come and go. */
function events(): ProfileFile {
  const random = draws(66);
  const lines = many(120, (i) =>
    JSON.stringify({
      id: `evt_${(7_919 * (i + 11)).toString(36)}`,
      at: `${momentIn(2024, 17 * i)}.000Z`,
      user: {
        id: random.whole(1000, 1030),
        plan: random.pick(["free", "pro"]),
        ...(random.chance(0.3) ? { country: random.pick(["DE", "US", "NA"]) } : {}),
      },
      device: random.chance(0.1)
        ? null
        : { os: random.pick(["iOS", "Android"]), version: random.pick(["17.0.1", "14", "16.2"]) },
      embedding: many(4, () => random.real(-1, 1, 3)),
      tags: many(random.whole(0, 3), () => random.pick(["new", "sale", "push"])),
      amount: random.real(0, 120, 2).toFixed(2),
      converted: random.chance(0.3),
    }),
  );
  return { name: "events.jsonl", content: `${lines.join("\n")}\n`, target: "converted" };
}

/** A dump of a database: \N for null, numbers beyond 2^53, moments with blanks. */
function dump(): ProfileFile {
  const random = draws(67);
  const rows = many(110, (i) => ({
    account_id: `76561198${String(100_000_000 + random.whole(0, 99_999_999))}`,
    created: momentIn(2020, 700 * i).replace("T", " "),
    deleted: random.chance(0.8) ? "\\N" : momentIn(2024, 300 * i).replace("T", " "),
    level: random.whole(0, 60),
    region: random.chance(0.1) ? "\\N" : random.pick(["eu", "us", "as"]),
    banned: random.pick(["t", "f", "f", "f"]),
  }));
  return { name: "dump.tsv.gz", content: gzipSync(textOf(rows, { delimiter: "\t" })), target: "banned" };
}

/** An export of SAS: dots for missing, dates as 01JAN1960, names in capitals. */
function trialOfSas(): ProfileFile {
  const random = draws(68);
  const months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
  const rows = many(100, () => ({
    SUBJID: String(random.whole(1, 60)).padStart(4, "0"),
    SITE: random.pick(["001", "002", "017"]),
    VISITDT: `${String(random.whole(1, 28)).padStart(2, "0")}${random.pick(months)}${random.whole(2011, 2014)}`,
    ARM: random.pick(["PLACEBO", "10 MG", "20 MG"]),
    ALT: random.chance(0.12) ? "." : random.whole(7, 90),
    WEIGHT: random.chance(0.08) ? "." : random.real(45, 120, 1),
    RESP: random.pick([0, 1]),
  }));
  return { name: "trial-of-sas.csv", content: textOf(rows), target: "RESP" };
}

/** A spreadsheet's "Unicode text": UTF-16 and tabs. */
function unicodeText(): ProfileFile {
  const random = draws(69);
  const rows = many(80, () => ({
    Město: random.pick(["Praha", "Brno", "Plzeň", "Ústí nad Labem"]),
    Cena: grouped(random.real(900, 90_000, 2), { digits: 2, group: "\u00a0", point: "," }),
    Skladem: random.pick(["ano", "ne"]),
    Hodnocení: random.pick(["dobrý", "Dobrý", "špatný"]),
  }));
  return {
    name: "unicode-text.txt",
    content: Buffer.from(`\ufeff${textOf(rows, { delimiter: "\t", end: "\r\n" })}`, "utf16le"),
    target: "Cena",
  };
}

/** A zip of statistics as an office publishes it: metadata above the header, remarks behind the numbers. */
function statistics(): ProfileFile {
  const random = draws(70);
  const rows = many(90, (i) => ({
    "Country Name": random.pick(["Aruba", "Chad", "Norway", "Peru"]),
    "Country Code": random.pick(["ABW", "TCD", "NOR", "PER"]),
    Year: 1960 + (i % 60),
    Population: grouped(random.whole(50_000, 40_000_000)),
    "Life expectancy": random.chance(0.15) ? ".." : random.real(38, 83, 1).toFixed(1),
    Income: random.pick(["High income", "Low income", "Upper middle income"]),
  }));
  const text = `"Data Source","World indicators",\n\n"Last Updated Date","2024-05-30",\n\n${textOf(rows, { quoteAll: true })}`;
  return { name: "statistics.zip", content: zip({ "API_statistics.csv": `\ufeff${text}` }), target: "Life expectancy" };
}

/** Files as programs export them. */
export const exported: readonly ProfileFile[] = [
  ...[monthlyReport(), inventory(), carsOfR(), tableOfR(), framesOfPandas()],
  ...[events(), dump(), trialOfSas(), unicodeText(), statistics()],
];
