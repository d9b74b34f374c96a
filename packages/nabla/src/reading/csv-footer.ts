/** Rows at the end of a file that are no records: totals, counts of rows, sources. */
import { cellKind } from "./cell-kind.ts";
import type { CsvScanner } from "./csv-scanner.ts";

const TOTAL =
  /^(?:grand |sub-?)?(?:totals?|sum|summe|gesamt(?:summe)?|insgesamt|totale|totaal|suma|somme|summa|razem|celkem|toplam|итого|всего|合計|总计|mean|average|avg|median|durchschnitt|mittelwert|moyenne|media|promedio)\s*:?$/i;
const CLOSING =
  /^(?:\(.*\)\.?|[*†‡].*|[-=_*]{3,}|[\d.,]+ (?:rows?|records?|lines?|zeilen|datensätze|lignes|filas)\b.*|(?:rows|records|source|sources|note|notes|quelle|stand|generated|exported|created|copyright|©|end of|eof)\b.*)$/i;

/** Whether a row that does not fit the others closes the table. */
export function isFooter(values: readonly string[]): boolean {
  const first = values.find((value) => value !== "") ?? "";
  return (
    TOTAL.test(first) ||
    (CLOSING.test(first) && values.filter((value) => value !== "").every((value) => cellKind(value) === "text"))
  );
}

/** Whether a record at the end is a total: it says so, in a text that no other record has there. */
export function isTotal(scanner: CsvScanner, record: number, fields: number): boolean {
  for (let c = 0; c < fields; c++) {
    const column = scanner.column(c);
    const text = column.textAt(record);
    if (text === "") continue;
    return text !== undefined && TOTAL.test(text) && column.isFirst(record);
  }
  return false;
}

/** Whether a record has no value at all. */
export function isEmptyRecord(scanner: CsvScanner, record: number, fields: number): boolean {
  for (let c = 0; c < fields; c++) if (scanner.column(c).textAt(record) !== "") return false;
  return true;
}

/** Whether one of the first records has no value at all. */
export function hasEmptyRecord(scanner: CsvScanner, records: number, fields: number): boolean {
  for (let record = 0; record < records; record++) if (isEmptyRecord(scanner, record, fields)) return true;
  return false;
}

/** The first value of a record, as messages show it. */
export function firstText(scanner: CsvScanner, record: number, fields: number): string {
  for (let c = 0; c < fields; c++) if (scanner.column(c).textAt(record) !== "") return scanner.column(c).shown(record);
  return "";
}
