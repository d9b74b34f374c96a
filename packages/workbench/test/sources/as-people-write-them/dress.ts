/** True values in the clothes that people give them. Nothing here comes from the code under test. */

/** A text file of named columns of cells, all of one length. */
export function csv(
  columns: Readonly<Record<string, readonly (string | number | null)[]>>,
  { delimiter = ",", end = "\n", quoteAll = false, header = true } = {},
): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? "" : String(value);
    const needed = text.includes(delimiter) || /["\r\n]/.test(text);
    return needed || quoteAll ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const names = Object.keys(columns);
  const lists = Object.values(columns);
  const length = lists[0]?.length ?? 0;
  const rows = Array.from({ length }, (_, i) => lists.map((list) => cell(list[i] ?? null)).join(delimiter));
  return [...(header ? [names.map(cell).join(delimiter)] : []), ...rows].map((line) => line + end).join("");
}

/** A number with `digits` after the decimal mark and its whole part in groups of three. */
export function grouped(value: number, { digits = 0, group = ",", point = "." } = {}): string {
  const [whole = "", fraction] = Math.abs(value).toFixed(digits).split(".");
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= 3) groups.unshift(whole.slice(Math.max(0, end - 3), end));
  return `${value < 0 ? "-" : ""}${groups.join(group)}${fraction === undefined ? "" : `${point}${fraction}`}`;
}

/** A number in Indian groups: three digits, then pairs (12,34,567). */
export function indian(value: number): string {
  const text = String(value);
  const pairs = text.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",");
  return pairs === "" ? text : `${pairs},${text.slice(-3)}`;
}

/** A number with a decimal comma. */
export function comma(value: number, digits: number): string {
  return value.toFixed(digits).replace(".", ",");
}

const two = (value: number): string => String(value).padStart(2, "0");

/**
 * A day in UTC by a pattern: YYYY, YY, MM, M, DD, D, hh, h (of 12), mm, ss, AP (AM or PM); `NAME` is the month's name in
 * `months`. Everything else stays.
 */
export function day(iso: string, pattern: string, months: readonly string[] = []): string {
  const at = new Date(iso.length === 10 ? `${iso}T00:00:00Z` : `${iso}Z`);
  const parts: Readonly<Record<string, string>> = {
    YYYY: String(at.getUTCFullYear()).padStart(4, "0"),
    YY: two(at.getUTCFullYear() % 100),
    NAME: months[at.getUTCMonth()] ?? "",
    MM: two(at.getUTCMonth() + 1),
    M: String(at.getUTCMonth() + 1),
    DD: two(at.getUTCDate()),
    D: String(at.getUTCDate()),
    hh: two(at.getUTCHours()),
    h: String(((at.getUTCHours() + 11) % 12) + 1),
    mm: two(at.getUTCMinutes()),
    ss: two(at.getUTCSeconds()),
    AP: at.getUTCHours() < 12 ? "AM" : "PM",
  };
  return pattern.replace(/YYYY|YY|NAME|MM|M|DD|D|hh|h|mm|ss|AP/g, (part) => parts[part] ?? part);
}

/** Days since 1970 of ISO text in UTC. */
export function daysOf(iso: string): number {
  const text = iso.length === 10 ? `${iso}T00:00:00Z` : `${iso}Z`;
  return new Date(text).getTime() / 86_400_000;
}
