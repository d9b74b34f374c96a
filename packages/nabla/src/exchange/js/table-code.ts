/** How an exported file turns one row of a table into numbers, as text: what no column needs is not written. */
import type { ColumnPreparation } from "../../data/preparation.ts";
import { LONGEST_WORD, MARK, RUNS, TEXT_BUCKETS, UNSPACED, UNSPACED_RUNS, WORD } from "../../data/text-tokens.ts";
import { TRUTHS } from "../../reading/truth.ts";

type Kind = ColumnPreparation["kind"];

/** The code for rows with these columns. */
export function tableCode(columns: readonly ColumnPreparation[]): string {
  const kinds = new Set(columns.map(({ kind }) => kind));
  // a number that nobody said how to read may be a date
  const dates = kinds.has("date") || columns.some(({ kind, reading }) => kind === "number" && reading === undefined);
  const clocks = kinds.has("date") || kinds.has("time");
  const used = (["category", "text", "number", "date", "time"] as const).filter((kind) => kinds.has(kind));
  return [
    inputsCode,
    `/** What each kind of column adds to the numbers. */\nconst encoders = { ${used.join(", ")} };`,
    ...used.map((kind) => encoders[kind]),
    ...(kinds.has("number") || clocks ? [scaledCode] : []),
    ...(kinds.has("number") ? [numberCode(dates, columns.some(isTruth))] : []),
    ...(dates ? [daysCode] : []),
    ...(dates || kinds.has("time") ? [clockCode] : []),
    ...(clocks ? [handCode] : []),
    ...(columns.some(isTruth) ? [truthCode()] : []),
    missingCode,
  ].join("\n\n");
}

const inputsCode = `/** One row as the numbers that the network takes. */
function inputsOf(row) {
  const x = [];
  columns.forEach((column, i) => {
    const value = Array.isArray(row) ? row[i] : row[column.name];
    if (value === undefined) throw new TypeError(\`the row has no "\${column.name}" (null is a missing value)\`);
    encoders[column.kind](column, value, x);
  });
  return Float64Array.from(x);
}`;

const encoders: Readonly<Record<Exclude<Kind, "block" | "constant">, string>> = {
  category: `/** A one among zeros: at the place of the level, or at the last for one that is not known. */
function category(column, value, x) {
  column.places ??= new Map(column.levels.map((level, i) => [keyOf(level, column), column.slots?.[i] ?? i]));
  const place = isMissing(value, column) ? undefined : column.places.get(keyOf(value, column));
  for (let i = 0; i <= column.known; i++) x.push(Number(i === (place ?? column.known)));
}

/** What a level is found by, however it is written. */
function keyOf(value, { reading = {} }) {
  const text = String(value);
  const plain = text.trim().toLowerCase();
  if (reading.truth && truthOf(plain) !== undefined) return String(truthOf(plain));
  if (reading.numeric && plain !== "" && Number.isFinite(Number(plain))) return String(Number(plain));
  return reading.merged ? plain.replace(/\\s+/g, " ").replace(/\\s*\\.$/, "") : text;
}`,
  text: `/** The codes of a text's words and parts of words, the largest weights first where there are too many, and as many weights. */
function text(column, value, x) {
  column.codes ??= new Map(column.pieces.map((piece, i) => [piece, i + 1]));
  const { words, characters } = piecesOf(isMissing(value, column) ? "" : String(value));
  let found = [...weighed(column, words), ...weighed(column, characters)];
  if (found.length > column.length)
    found = found.sort((a, b) => b.weight - a.weight || a.code - b.code).slice(0, column.length);
  for (let i = 0; i < column.length; i++) x.push(found[i]?.code ?? 0);
  for (let i = 0; i < column.length; i++) x.push(found[i]?.weight ?? 0);
}

/** TF-IDF, of length 1 for words and characters together. */
function weighed({ codes, counts, texts }, pieces) {
  const found = [];
  let square = 0;
  for (const [piece, times] of pieces) {
    const code = codes.get(piece);
    if (code === undefined) continue;
    const weight = (1 + Math.log(times)) * (1 + Math.log((1 + texts) / (1 + counts[code - 1])));
    found.push({ code, weight });
    square += weight * weight;
  }
  for (const one of found) one.weight /= Math.sqrt(2 * square);
  return found;
}

/** The hashes of words, pairs of words and runs of characters, and how often each occurs. */
function piecesOf(text) {
  const words = new Map();
  const characters = new Map();
  const add = (counts, kind, piece) => {
    let hash = Math.imul(0x811c9dc5 ^ kind.charCodeAt(0), 0x01000193);
    for (let i = 0; i < piece.length; i++) hash = Math.imul(hash ^ piece.charCodeAt(i), 0x01000193);
    const place = ((hash >>> 20) ^ hash) & (buckets - 1);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  };
  const addRuns = (letters, lengths) => {
    for (const length of lengths)
      for (let from = 0; from + length <= letters.length; from++)
        add(characters, "c", letters.slice(from, from + length).join(""));
  };
  let before;
  for (const [written] of text.normalize("NFKC").toLowerCase().matchAll(wordOf)) {
    const word = written.slice(0, longestWord);
    if (unspaced.test(word)) {
      addRuns([...word], unspacedRuns);
      before = undefined;
      continue;
    }
    add(words, "w", word);
    if (mark.test(word)) {
      before = undefined;
      continue;
    }
    if (before !== undefined) add(words, "p", before + " " + word);
    before = word;
    addRuns(["<", ...word, ">"], runs);
  }
  return { words, characters };
}

const buckets = ${TEXT_BUCKETS};
const longestWord = ${LONGEST_WORD};
const runs = ${JSON.stringify(RUNS)};
const unspacedRuns = ${JSON.stringify(UNSPACED_RUNS)};
const wordOf = ${WORD};
const unspaced = ${UNSPACED};
const mark = ${MARK};`,
  number: `/** A number, scaled. */
function number(column, value, x) {
  scaled(column, numberOf(value, column), x);
}`,
  date: `/** Days since 1970, scaled, and the parts of the calendar that training saw. */
function date(column, value, x) {
  const days = isMissing(value, column) ? NaN : daysOf(value, column);
  scaled(column, days, x);
  const day = new Date(Math.floor(days) * 864e5);
  const last = new Date(day);
  last.setUTCMonth(day.getUTCMonth() + 1, 0);
  for (const weekday of column.weekdays) x.push(Number((day.getUTCDay() + 6) % 7 === weekday));
  for (const month of column.months) x.push(Number(day.getUTCMonth() + 1 === month));
  if (column.monthDays)
    x.push(Number.isFinite(days) ? (2 * (day.getUTCDate() - 1)) / (last.getUTCDate() - 1) - 1 : 0);
  if (column.times) hand(days, x);
}`,
  time: `/** A fraction of the day, scaled, and the hand of the clock. */
function time(column, value, x) {
  const fraction = isMissing(value, column)
    ? NaN
    : value instanceof Date
      ? (value.getTime() / 864e5) % 1
      : typeof value === "number"
        ? value
        : clockOf(value, column);
  scaled(column, fraction, x);
  hand(fraction, x);
}`,
};

const scaledCode = `/** A number by its column's scale, drawn in where it is far from all others, and whether it is missing or 0 where that says something. */
function scaled({ center, spread, clip, indicator, zero }, value, x) {
  const z = Number.isNaN(value) || spread === 0 ? 0 : (value - center) / spread;
  x.push(clip === undefined ? z : (Math.sign(z) * clip) / Math.sqrt(1 + (clip / z) ** 2));
  if (indicator) x.push(Number(Number.isNaN(value)));
  if (zero) x.push(Number(value === 0));
}`;

/** Words of yes and no are among what the column's cells may be. */
function isTruth({ reading }: ColumnPreparation): boolean {
  return (
    (reading?.as === "category" && reading.truth === true) || (reading?.as === "number" && reading.binary === true)
  );
}

/** With dates, which a column of numbers takes as days where nobody said how it is read. */
function numberCode(dates: boolean, truths: boolean): string {
  const days = dates
    ? `
  if (column.reading === undefined && (value instanceof Date || /^\\d{4}-\\d\\d-\\d\\d/.test(value)))
    return daysOf(value, column);`
    : "";
  return `/** NaN for a missing value; a text is read as the file's cells are. */
function numberOf(value, column) {
  if (isMissing(value, column)) return NaN;
  if (typeof value === "number" || typeof value === "boolean") return Number(value);${days}
  const { decimal, grouping, unit${truths ? ", binary" : ""} } = column.reading ?? {};
  let text = String(value).trim().replace("\u2212", "-");${
    truths
      ? `
  if (binary && truthOf(text.toLowerCase()) !== undefined) return Number(truthOf(text.toLowerCase()));`
      : ""
  }
  if (unit) text = text.replace(unit, "").trim();
  if (grouping === " " || grouping === "'") text = text.replace(/(?<=\\d)[\\s'\u2019](?=\\d{3})/g, "");
  else if (grouping) text = text.replaceAll(grouping, "");
  if (decimal) text = text.replace(decimal, ".");
  const number = Number(text);
  if (text !== "" && !Number.isNaN(number)) return number;
  throw new TypeError(\`\${column.name}: \${JSON.stringify(value)} is no number\`);
}`;
}

const daysCode = `/** A date as its days since 1970 in UTC: of a Date, of 2024-05-31 with or without a time, or as the file writes it. */
function daysOf(value, { name, reading = {} }) {
  if (value instanceof Date) return value.getTime() / 864e5;
  if (typeof value === "number" && reading.order === "excel") return value - 25569;
  // of the days since 1970 only those of distant ages have as many digits as 202405 or 20240531
  if (typeof value === "number" && value < (reading.order === "month" ? 1e5 : 1e7)) return value;
  const text = String(value).trim();
  const orders = [dateOrders.ymd, dateOrders[reading.order], dateOrders.compact];
  const found = orders.map((order) => order?.exec(text)).find(Boolean);
  if (!found) throw new TypeError(\`\${name}: \${JSON.stringify(value)} is no date (give 2024-05-31, or a Date)\`);
  const { y, m = 1, d = 1, w } = found.groups;
  const { firstYear = 1950 } = reading;
  const year = y.length > 2 ? Number(y) : firstYear + ((((Number(y) - firstYear) % 100) + 100) % 100);
  const date = new Date(0);
  date.setUTCFullYear(year, m - 1, d);
  if (w) {
    // the week with the fourth of January is the first
    date.setUTCFullYear(year, 0, 4);
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 7 * (w - 1));
  } else if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== Number(d))
    throw new TypeError(\`\${name}: there is no day \${JSON.stringify(value)}\`);
  const rest = text.slice(found[0].length).replace(/^[T\\s]+/, "");
  return date.getTime() / 864e5 + (rest === "" ? 0 : clockOf(rest, { name }));
}

const dateOrders = {
  ymd: /^(?<y>\\d{4})[-/.](?<m>\\d\\d?)[-/.](?<d>\\d\\d?)(?!\\d)/,
  dmy: /^(?<d>\\d\\d?)[-/.](?<m>\\d\\d?)[-/.](?<y>\\d{4}|\\d\\d)(?!\\d)/,
  mdy: /^(?<m>\\d\\d?)[-/.](?<d>\\d\\d?)[-/.](?<y>\\d{4}|\\d\\d)(?!\\d)/,
  compact: /^(?<y>\\d{4})(?<m>\\d\\d)(?<d>\\d\\d)(?!\\d)/,
  month: /^(?<y>\\d{4})[-/.]?(?<m>\\d\\d)$/,
  week: /^(?<y>\\d{4})-?W(?<w>\\d\\d)$/,
};`;

const clockCode = `/** A time such as 18:30, 6:30 pm or 18:30:00.5+02:00 as a fraction of the day, in UTC where it has an offset. */
function clockOf(value, { name }) {
  const clock = /^(\\d\\d?):(\\d\\d)(?::(\\d\\d(?:\\.\\d+)?))?\\s*(?:([ap])\\.?m\\.?)?\\s*(?:Z|([+-]\\d\\d):?(\\d\\d)?)?$/i;
  const found = clock.exec(String(value).trim());
  if (!found) throw new TypeError(\`\${name}: \${JSON.stringify(value)} is no time of day (such as 18:30)\`);
  const [, hours, minutes, seconds = 0, half, east = 0, minutesEast = 0] = found;
  const hour = half ? (hours % 12) + (half.toLowerCase() === "p" ? 12 : 0) : Number(hours);
  const offset = Number(east) * 60 + (String(east).startsWith("-") ? -1 : 1) * minutesEast;
  return (hour * 3600 + (minutes - offset) * 60 + Number(seconds)) / 86400;
}`;

const handCode = `/** The hand of a clock that goes round once a day. */
function hand(days, x) {
  const angle = 2 * Math.PI * (days - Math.floor(days));
  x.push(Number.isFinite(angle) ? Math.sin(angle) : 0, Number.isFinite(angle) ? Math.cos(angle) : 0);
}`;

/** The words of yes and no, whatever the language. */
function truthCode(): string {
  const words = (wanted: boolean): string =>
    [...TRUTHS].flatMap(([word, truth]) => (truth === wanted ? [JSON.stringify(word)] : [])).join(", ");
  return `/** What a word of yes or no means; undefined for any other. */
function truthOf(word) {
  if (/^[01](\\.0+)?$/.test(word)) return word.startsWith("1");
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

const yes = new Set([${words(true)}]);
const no = new Set([${words(false)}]);`;
}

const missingCode = `/** Nothing, NaN, a word of the column's own, or one that means so among numbers. */
function isMissing(value, { kind, reading = {} }) {
  if (value === null || Number.isNaN(value)) return true;
  const { missing = [] } = reading;
  const text = String(value).trim().toLowerCase();
  const given = (word) => word !== "" && (word.trim().toLowerCase() === text || (word.trim() !== "" && Number(word) === value));
  if (missing.some(given)) return true;
  if (kind === "category" || kind === "text") return false;
  return text === "" || (!missing.includes("") && typeof value === "string" && missingWord.test(text));
}

const missingWord = /^(-?nan|nat|#?n\\/?a|<na>|n\\.a\\.|none|null|nil|undefined|unknown|missing|[-_.?*]{1,4})$/;`;
