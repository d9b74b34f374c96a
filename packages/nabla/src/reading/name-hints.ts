/** What the name of a column says about what it holds. */

/** The words of a column's name in small letters: patientId and patient_id are patient, id. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
}

const CODES: ReadonlySet<string> = new Set([
  ...[
    "zip",
    "zipcode",
    "plz",
    "postcode",
    "postal",
    "postleitzahl",
    "cp",
    "cap",
    "code",
    "codes",
    "kode",
    "codigo",
    "código",
  ],
  ...[
    "phone",
    "tel",
    "telephone",
    "telefon",
    "fax",
    "ean",
    "ean13",
    "gtin",
    "upc",
    "isbn",
    "issn",
    "sku",
    "asin",
    "barcode",
  ],
  ...[
    "account",
    "konto",
    "kontonummer",
    "iban",
    "blz",
    "bic",
    "ssn",
    "vin",
    "imei",
    "fips",
    "ags",
    "naics",
    "sic",
    "icd",
    "artikelnummer",
  ],
]);
/** Codes that are no quantity however many digits they have; "code" and "account" may be called what is counted. */
const SURE_CODES: ReadonlySet<string> = new Set(
  "zip zipcode plz postcode postal postleitzahl phone telephone telefon fax ean ean13 gtin upc isbn issn iban fips".split(
    " ",
  ),
);
const IDENTIFIERS: ReadonlySet<string> = new Set([
  ...[
    "id",
    "ids",
    "uid",
    "uuid",
    "guid",
    "key",
    "pk",
    "identifier",
    "kennung",
    "userid",
    "customerid",
    "patientid",
    "rowid",
  ],
  ...["productid", "orderid", "kundennummer", "matrikelnummer", "serial", "hash", "index"],
]);
const NUMBERED: ReadonlySet<string> = new Set(["number", "num", "no", "nr", "nummer", "numero", "#"]);
const AMOUNTS: ReadonlySet<string> = new Set([
  "n",
  "num",
  "count",
  "number",
  "anzahl",
  "total",
  "sum",
  "mean",
  "avg",
  "log",
]);
const COUNTER =
  /^(id|index|idx|nr|no|row|rownum|row[ _.]?(id|number|names?)|unnamed: 0|column[ _]?[01]|lfd[ ._]?nr\.?|#|)$/i;

function endsIn(name: string, endings: ReadonlySet<string>): boolean {
  const words = wordsOf(name);
  const last = NUMBERED.has(words.at(-1) ?? "") && words.length > 1 ? words.at(-2) : words.at(-1);
  return endings.has(last ?? "") && !AMOUNTS.has(words[0] ?? "");
}

/** Whether a column is called as codes are: zip, product_code, phone number. */
export function isNamedCode(name: string): boolean {
  return endsIn(name, CODES);
}

/** Whether a column is called as codes that are never a quantity: zip, postal code, phone. */
export function isSurelyCode(name: string): boolean {
  const postal = /(zip|post|postal)[ _-]?(code|leitzahl)s?$/i.test(name);
  return postal || endsIn(name, SURE_CODES);
}

/** Whether a column is called as what tells single things apart: id, patientId, uuid. */
export function isNamedIdentifier(name: string): boolean {
  return endsIn(name, IDENTIFIERS);
}

/** Whether a column is called as one that counts the rows: id, index, row, no name at all. */
export function isNamedCounter(name: string): boolean {
  return COUNTER.test(name.trim());
}

const DATES: ReadonlySet<string> = new Set([
  ...[
    "date",
    "dates",
    "datum",
    "datetime",
    "fecha",
    "dato",
    "dt",
    "when",
    "timestamp",
    "dob",
    "birthday",
    "birthdate",
    "geburtstag",
  ],
  ...[
    "geburtsdatum",
    "day",
    "tag",
    "jour",
    "dia",
    "día",
    "giorno",
    "dag",
    "data",
    "ymd",
    "yyyymmdd",
    "at",
    "created",
    "updated",
  ],
]);
const MONTHS: ReadonlySet<string> = new Set([
  "month",
  "monat",
  "mois",
  "mes",
  "mese",
  "period",
  "periode",
  "yearmonth",
  "yyyymm",
  "ym",
]);
const SPREADSHEET_DATES: ReadonlySet<string> = new Set([
  ...["date", "dates", "datum", "datetime", "fecha", "dob", "birthday", "birthdate", "geburtsdatum"],
]);
const TIMES: ReadonlySet<string> = new Set([
  ...DATES,
  "time",
  "ts",
  "epoch",
  "unix",
  "zeit",
  "uhrzeit",
  "hora",
  "heure",
]);

function holdsWord(name: string, words: ReadonlySet<string>): boolean {
  const own = wordsOf(name);
  return own.some((word) => words.has(word)) && !AMOUNTS.has(own[0] ?? "");
}

/** Whether a column is called as one of dates: date, order_day, created_at. */
export function isNamedDate(name: string): boolean {
  return holdsWord(name, DATES) || /(date|datum)$/i.test(name);
}

/** Whether a column is called as one of months: month, period. */
export function isNamedMonth(name: string): boolean {
  return holdsWord(name, MONTHS) || isNamedDate(name);
}

/** Whether a column is called date, so that numbers in it may be the days of a spreadsheet. */
export function isNamedSpreadsheetDate(name: string): boolean {
  return holdsWord(name, SPREADSHEET_DATES) || /(date|datum)$/i.test(name);
}

/** Whether a column is called as one of moments, so that large numbers in it may be seconds since 1970. */
export function isNamedTime(name: string): boolean {
  return holdsWord(name, TIMES) || isNamedDate(name);
}

/** Whether a column holds days of birth, which lie in the past. */
export function isNamedBirth(name: string): boolean {
  return /birth|\bdob\b|geburt|geb\.|naissance|nacimiento|nascita/i.test(name);
}

/** The option that says how a column is read, as it is typed. */
export function columnOption(name: string, as: string): string {
  return `--column ${shellWord(`${name}=${as}`)}`;
}

/** A word as a shell takes it: in double quotes, which all shells know, where these leave it as it is. */
export function shellWord(word: string): string {
  if (/^[\p{L}\d_.,:=/@%+-]+$/u.test(word)) return word;
  return /[$`"\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
