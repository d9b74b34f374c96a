/** Rows as CSV (RFC 4180), numbers with as many digits as a float32 has. */

function cell(value: string | number): string {
  if (typeof value === "number") return String(Number(value.toPrecision(7)));
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Lines of CSV, each with its end. */
export function csvLines(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}
