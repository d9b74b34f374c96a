/** The conversions between units that part of a column may need. */
import { grouped } from "../../base/text.ts";
import type { UnitRule } from "../../data/unit-rule.ts";

// a declared table: how often one unit goes into another
const FACTORS: readonly (readonly [factor: number, what: string])[] = [
  [1000, "as thousands, or milli and kilo, are"],
  [100, "as cents, percent and centimeters are"],
  [10, "as millimeters and centimeters are"],
  [1e6, "as millions are"],
  [60, "as minutes and seconds are"],
  [3600, "as hours and seconds are"],
  [24, "as days and hours are"],
  [12, "as years and months, or feet and inches, are"],
  [7, "as weeks and days are"],
  [365.25, "as years and days are"],
  [25.4, "as inches and millimeters are"],
  [2.54, "as inches and centimeters are"],
  [39.3701, "as meters and inches are"],
  [3.28084, "as meters and feet are"],
  [30.48, "as feet and centimeters are"],
  [1.60934, "as miles and kilometers are"],
  [3.6, "as m/s and km/h are"],
  [2.20462, "as kilograms and pounds are"],
  [28.3495, "as ounces and grams are"],
  [453.592, "as pounds and grams are"],
  [4.184, "as kilocalories and kilojoules are"],
  [3.78541, "as gallons and liters are"],
  [10.7639, "as square meters and square feet are"],
  [14.5038, "as bar and psi are"],
  [88.42, "as µmol/l and mg/dl of creatinine are"],
  [6.89476, "as psi and kilopascals are"],
  [145.038, "as megapascals and psi are"],
  [7.50062, "as kilopascals and mmHg are"],
  [18.0156, "as mmol/l and mg/dl of glucose are"],
  [38.67, "as mmol/l and mg/dl of cholesterol are"],
];

/** A conversion that part of a column may need. */
export interface Candidate {
  readonly unit: string;
  readonly larger: boolean;
  /** What is subtracted before the division; nothing by default. */
  readonly subtract?: number;
  readonly divide: number;
}

/** With as many digits as people read. */
function rounded(factor: number): number {
  return Number(factor.toFixed(3));
}

/** All of them, in both directions. */
export const CANDIDATES: readonly Candidate[] = [
  ...FACTORS.flatMap(([factor, what]): readonly Candidate[] => [
    { unit: `${grouped(rounded(factor))} times as large, ${what}`, larger: true, divide: factor },
    {
      unit: `${grouped(rounded(factor))} times as small, ${what}`,
      larger: false,
      divide: Number((1 / factor).toPrecision(12)),
    },
  ]),
  { unit: "in degrees Fahrenheit, and the others in Celsius", larger: true, subtract: 32, divide: 1.8 },
  {
    unit: "in degrees Celsius, and the others in Fahrenheit",
    larger: false,
    subtract: Number((-32 / 1.8).toPrecision(12)),
    divide: Number((1 / 1.8).toPrecision(12)),
  },
];

/** Factors that are met often; the others need more values, since coincidences are as many as factors. */
const COMMON: ReadonlySet<number> = new Set([1000, 100, 10, 60, 25.4, 2.54, 12, 1e6]);
/** A long tail reaches factors below this one. */
const SMALL = 12.5;

/** Whether a factor is one that long tails reach. */
export function isSmall({ divide, subtract }: Candidate): boolean {
  return subtract === undefined && Math.max(divide, 1 / divide) < SMALL;
}

/** Whether a conversion is one that is often met. */
export function isCommon({ divide, subtract }: Pick<UnitRule, "divide" | "subtract">): boolean {
  return subtract !== undefined || COMMON.has(divide) || COMMON.has(Number((1 / divide).toPrecision(6)));
}
