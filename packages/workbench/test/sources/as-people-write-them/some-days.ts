import { draws, many } from "./draws.ts";

/** Rows of the files of dates. */
export const ROWS = 60;
const random = draws(41);
/** Days of three years in no order; some have a day after the twelfth, as in any real column. */
export const isoDays = many(ROWS, () =>
  new Date(Date.UTC(2022, 0, 1 + random.whole(0, 1090))).toISOString().slice(0, 10),
);
/** The same days with times. */
export const moments = isoDays.map(
  (iso) => `${iso}T${String(random.whole(0, 23)).padStart(2, "0")}:${String(random.whole(0, 59)).padStart(2, "0")}:00`,
);
/** Days that both orders allow. */
export const unclear = many(
  ROWS,
  () =>
    `202${random.whole(1, 4)}-${String(random.whole(1, 12)).padStart(2, "0")}-${String(random.whole(1, 12)).padStart(2, "0")}`,
);
/** A column beside the dates. */
export const z = many(ROWS, () => random.real(-2, 2, 3));

/** Names of months. */
export const english = "January February March April May June July August September October November December".split(
  " ",
);
/** And their first letters. */
export const short = english.map((name) => name.slice(0, 3));
/** From Sunday on. */
export const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/** The weekday of ISO text. */
export const weekday = (iso: string): string =>
  weekdays[new Date(iso.length === 10 ? `${iso}T00:00:00Z` : `${iso}Z`).getUTCDay()] ?? "";
