/** 10^0 to 10^22: all the powers of ten that float64 holds exactly. */
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** So many digits always fit below 2^53. */
export const EXACT_DIGITS = 15;
