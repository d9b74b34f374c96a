import { many } from "./draws.ts";
import { csv, day, daysOf } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";
import { english, isoDays, moments, ROWS, short, unclear, weekday, z } from "./some-days.ts";

interface Dated {
  readonly name: string;
  readonly values: readonly string[];
  readonly write: (iso: string, row: number) => string;
  readonly as?: "date" | "time";
  readonly column?: string;
  readonly delimiter?: string;
  readonly options?: SaidOptions;
  readonly notices?: readonly RegExp[];
}

const dated = ({
  name,
  values,
  write,
  as = "date",
  column = "when",
  delimiter = ",",
  options,
  notices = [],
}: Dated): Situation => ({
  name,
  files: { "orders.csv": csv({ [column]: values.map(write), z }, { delimiter }) },
  ...(options === undefined ? {} : { options }),
  want: {
    rows: ROWS,
    columns: { [column]: { as, use: "input", missing: 0, values } },
    notices,
    quiet: [/own value/, /unknown/],
  },
});

const pattern = (name: string, text: string, values: readonly string[] = isoDays): Situation =>
  dated({ name: `${name}: ${text}`, values, write: (iso) => day(iso, text) });

const months: Readonly<Record<string, readonly string[]>> = {
  German: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(" "),
  French: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" "),
  Spanish: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" "),
  Italian: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(" "),
  Portuguese: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(" "),
  Dutch: "januari februari maart april mei juni juli augustus september oktober november december".split(" "),
};
const germanShort = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
const orders: readonly Situation[] = [
  pattern("day before month", "DD/MM/YYYY"),
  pattern("month before day", "MM/DD/YYYY"),
  pattern("German dates", "DD.MM.YYYY"),
  pattern("German dates without zeros", "D.M.YYYY"),
  pattern("day before month with hyphens", "DD-MM-YYYY"),
  pattern("month before day with hyphens", "MM-DD-YYYY"),
  pattern("year first with slashes", "YYYY/MM/DD"),
  pattern("year first with points", "YYYY.MM.DD"),
  pattern("ISO", "YYYY-MM-DD"),
  pattern("month before day without zeros", "M/D/YYYY"),
  pattern("two digits of the year", "DD/MM/YY"),
  pattern("two digits of the year, month first", "M/D/YY"),
  pattern("two digits of the year, in German", "DD.MM.YY"),
  pattern("a time behind the day", "DD/MM/YYYY hh:mm", moments),
  pattern("a time with seconds", "DD.MM.YYYY hh:mm:ss", moments),
  pattern("twelve hours", "M/D/YYYY h:mm AP", moments),
  pattern("ISO with T", "YYYY-MM-DDThh:mm:ss", moments),
  pattern("ISO with Z", "YYYY-MM-DDThh:mm:ssZ", moments),
  pattern("ISO with fractions", "YYYY-MM-DD hh:mm:ss.000", moments),
  pattern("ISO without seconds", "YYYY-MM-DD hh:mm", moments),
  pattern("a comma between day and time", "DD/MM/YYYY, hh:mm:ss", moments),
];

const named: readonly Situation[] = [
  dated({ name: "December 25, 2023", values: isoDays, write: (iso) => day(iso, "NAME D, YYYY", english) }),
  dated({ name: "Dec 25, 2023", values: isoDays, write: (iso) => day(iso, "NAME D, YYYY", short) }),
  dated({ name: "25-Dec-2023", values: isoDays, write: (iso) => day(iso, "DD-NAME-YYYY", short) }),
  dated({
    name: "25-DEC-23, as Oracle writes it",
    values: isoDays,
    write: (iso) =>
      day(
        iso,
        "DD-NAME-YY",
        short.map((month) => month.toUpperCase()),
      ),
  }),
  dated({ name: "25 December 2023", values: isoDays, write: (iso) => day(iso, "D NAME YYYY", english) }),
  dated({
    name: "December 25th, 2023",
    values: isoDays,
    write: (iso) => {
      const number = Number(iso.slice(8));
      const end = number > 10 && number < 14 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
      return `${day(iso, "NAME D", english)}${end}, ${iso.slice(0, 4)}`;
    },
  }),
  dated({
    name: "Mon, 25 Dec 2023",
    values: isoDays,
    write: (iso) => `${weekday(iso)}, ${day(iso, "DD NAME YYYY", short)}`,
  }),
  dated({
    name: "25. Dez. 2023",
    values: isoDays,
    write: (iso) => day(iso, "D. NAME YYYY", germanShort),
    delimiter: ";",
  }),
  dated({
    name: "1er janvier 2023 among French dates",
    values: isoDays,
    write: (iso) => day(iso, iso.endsWith("01") ? "1er NAME YYYY" : "D NAME YYYY", months.French),
    delimiter: ";",
  }),
  dated({
    name: "25 de diciembre de 2023",
    values: isoDays,
    write: (iso) => day(iso, "D de NAME de YYYY", months.Spanish),
    delimiter: ";",
  }),
  ...Object.entries(months).map(([language, names]) =>
    dated({
      name: `names of months in ${language}`,
      values: isoDays,
      write: (iso) => day(iso, language === "German" ? "D. NAME YYYY" : "D NAME YYYY", names),
      delimiter: ";",
    }),
  ),
  dated({
    name: "01JAN2023, as SAS writes it",
    values: isoDays,
    write: (iso) =>
      day(
        iso,
        "DDNAMEYYYY",
        short.map((month) => month.toUpperCase()),
      ),
  }),
  dated({
    name: "weekdays of two letters before German dates",
    values: isoDays,
    write: (iso) =>
      `${["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"][new Date(`${iso}T00:00:00Z`).getUTCDay()]}, ${day(iso, "DD.MM.YYYY")}`,
    delimiter: ";",
  }),
  dated({
    name: "the log of a web server",
    values: moments,
    write: (iso) => `${day(iso, "DD/NAME/YYYY", short)}:${day(iso, "hh:mm:ss")} +0000`,
  }),
  dated({
    name: "a date as JavaScript prints it",
    values: moments,
    write: (iso) =>
      `${weekday(iso)} ${day(iso, "NAME DD YYYY", short)} ${day(iso, "hh:mm:ss")} GMT+0000 (Coordinated Universal Time)`,
  }),
];

const offset = (iso: string, hours: number): string =>
  new Date(new Date(`${iso}Z`).getTime() + hours * 3_600_000).toISOString().slice(0, 19);
const weeks = many(ROWS, (i) => new Date(Date.UTC(2024, 0, 1 + 7 * (i % 52))).toISOString().slice(0, 10));
const clock = many(ROWS, (i) => `${String((i * 7) % 24).padStart(2, "0")}:${String((i * 13) % 60).padStart(2, "0")}`);
const old = many(ROWS, (i) =>
  new Date(Date.UTC(1871 + i, (i * 5) % 12, 1 + ((i * 11) % 28))).toISOString().slice(0, 10),
);
const kinds: readonly Situation[] = [
  dated({
    name: "a zone offset is taken into account",
    values: moments,
    write: (iso, row) => `${offset(iso, row % 2 === 0 ? 2 : 1)}+0${row % 2 === 0 ? 2 : 1}:00`,
  }),
  dated({
    name: "20240531 in a column called date",
    column: "date",
    values: isoDays,
    write: (iso) => day(iso, "YYYYMMDD"),
  }),
  dated({
    name: "20240531 in a column called day",
    column: "day",
    values: isoDays,
    write: (iso) => day(iso, "YYYYMMDD"),
  }),
  dated({
    name: "20240531 where the user says so",
    column: "v1",
    values: isoDays,
    write: (iso) => day(iso, "YYYYMMDD"),
    options: { columns: { v1: "date:compact" } },
  }),
  dated({
    name: "months without days",
    values: isoDays.map((iso) => `${iso.slice(0, 7)}-01`),
    write: (iso) => iso.slice(0, 7),
  }),
  dated({
    name: "weeks of ISO",
    values: weeks,
    write: (iso) => `2024-W${String(1 + Math.floor((daysOf(iso) - daysOf("2024-01-01")) / 7)).padStart(2, "0")}`,
  }),
  dated({
    name: "days of a spreadsheet in a column called date",
    column: "order date",
    values: isoDays,
    write: (iso) => String(daysOf(iso) + 25_569),
  }),
  dated({
    name: "days of a spreadsheet where the user says so",
    column: "v1",
    values: isoDays,
    write: (iso) => String(daysOf(iso) + 25_569),
    options: { columns: { v1: "date:excel" } },
  }),
  dated({ name: "dates before 1970 and in the century before", values: old, write: (iso) => day(iso, "DD.MM.YYYY") }),
  dated({
    name: "few dates that repeat are dates, not categories",
    values: many(ROWS, (i) => isoDays[i % 6] ?? ""),
    write: (iso) => day(iso, "DD/MM/YYYY"),
  }),
  dated({ name: "blanks around dates", values: isoDays, write: (iso) => ` ${day(iso, "DD/MM/YYYY")} ` }),
  dated({ name: "clock times", as: "time", column: "at", values: clock, write: (text) => text }),
  dated({
    name: "clock times with seconds",
    as: "time",
    column: "at",
    values: clock.map((text) => `${text}:30`),
    write: (text) => text,
  }),
  dated({
    name: "clock times of twelve hours",
    as: "time",
    column: "at",
    values: clock,
    write: (text) => day(`2000-01-01T${text}:00`, "h:mm AP"),
  }),
  dated({
    name: "the order is said by the user where nothing decides: day first",
    values: unclear,
    write: (iso) => day(iso, "DD/MM/YYYY"),
    options: { columns: { when: "date:dmy" } },
  }),
  dated({
    name: "the order is said by the user where nothing decides: month first",
    values: unclear,
    write: (iso) => day(iso, "MM/DD/YYYY"),
    options: { columns: { when: "date:mdy" } },
  }),
  dated({
    name: "points mean day first where nothing decides",
    values: unclear,
    write: (iso) => day(iso, "DD.MM.YYYY"),
    notices: [/--column when=date:/],
  }),
  dated({
    name: "one day after the twelfth decides for the whole column",
    values: unclear.map((iso, i) => (i === 58 ? "2023-05-25" : iso)),
    write: (iso) => day(iso, "DD/MM/YYYY"),
  }),
  dated({
    name: "times of some days only",
    values: moments.map((iso, i) => (i % 4 === 0 ? iso.slice(0, 10) : iso)),
    write: (iso) => day(iso, iso.length === 10 ? "DD/MM/YYYY" : "DD/MM/YYYY hh:mm"),
  }),
];

/** Dates and times in the orders, languages and marks that people use. */
export const dates: readonly Situation[] = [...orders, ...named, ...kinds];
