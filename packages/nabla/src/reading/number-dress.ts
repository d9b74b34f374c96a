/** How the numbers of a column are dressed, decided by all of them: decimal mark, groups, unit, multipliers. */
import { type CellText, cellsIn } from "./cell-text.ts";
import {
  hasUnitOf,
  type NumberDress,
  type NumberForm,
  type NumberMarks,
  numberForm,
  numberIn,
  readableWith,
} from "./numbers.ts";
import { slipsAmong } from "./slips.ts";
import { isCurrency, isKnownUnit, isPlainMultiplier, multiplierOf, unitFactor } from "./units.ts";

/** A text that is written as a number. */
export interface FormedText extends CellText {
  readonly form: NumberForm;
}

/** The texts that are written as numbers, with their pieces. */
export function formedTexts(texts: readonly CellText[]): readonly FormedText[] {
  return texts.flatMap((cell) => {
    const form = numberForm(cell.text);
    return form === undefined ? [] : [{ ...cell, form }];
  });
}

/** The plain numbers with a fraction, whose point may divide groups where other cells have a decimal comma. */
export interface PlainFractions {
  readonly count: number;
  /** Of which so many can be thousands: 81.382. */
  readonly groups: number;
  /** Whether plain whole numbers stand beside them. */
  readonly wholes: number;
}

/** The dress of a column and what else could be meant. */
export interface DressChoice {
  readonly dress: NumberDress;
  /** The mark between groups as the cells have it, for the description: "," "." " " or "'". */
  readonly grouping?: "," | "." | " " | "'";
  /** Another reading fits every cell just as well. */
  readonly ambiguous: boolean;
  /** Only so few cells decide that they may be slips. */
  readonly hardly: boolean;
  /** Units of the cells by how many have them, the most frequent first. */
  readonly units: readonly { readonly unit: string; readonly count: number }[];
  /** Units beside the main one that are converted, as grams to kilograms. */
  readonly converted: readonly string[];
  /** Units beside the main one that cannot be converted. */
  readonly foreign: readonly string[];
}

/** What decides where the cells do not: the marks that the user named, or those of the columns beside this one. */
export interface DressHints {
  /** The decimal mark that the user says; absent where cells decide. */
  readonly asked?: "," | ".";
  /** The decimal mark of other columns; absent where they show none. */
  readonly decimal?: ",";
}

const POINT: NumberMarks = { decimal: ".", grouped: false };
const GROUPED_POINT: NumberMarks = { decimal: ".", grouped: true };
const COMMA: NumberMarks = { decimal: ",", grouped: false };
const GROUPED_COMMA: NumberMarks = { decimal: ",", grouped: true };

/**
 * Decides how the numbers of a column are dressed. Cells in another unit are slips and have no say, and neither have very few
 * cells against all others: marks that would give these other values need more than some slips for them.
 */
export function decideDress(
  texts: readonly FormedText[],
  plain: PlainFractions,
  { asked, decimal }: DressHints = {},
): DressChoice {
  const cells = unitsOf(texts, plain);
  const unit = { ...(cells.unit === undefined ? {} : { unit: cells.unit }), ...(cells.scaled ? { scaled: true } : {}) };
  const fitting = texts.filter(({ form }) => hasUnitOf(form, unit));
  const total = cellsIn(fitting) + plain.count + plain.wholes;
  const dollars = cellsIn(fitting.filter(({ form }) => form.unit !== "" && form.unit === cells.unit));
  const money = cells.unit !== undefined && isCurrency(cells.unit) && plain.count === 0 && dollars >= 0.5 * total;
  const wanted = CANDIDATES.filter((marks) => asked === undefined || marks.decimal === asked);
  const slips = slipsAmong(total);
  const best = likelyMarks(wanted, { texts: fitting, plain, slips });
  const order = decimal === "," ? COMMA_FIRST : money ? MONEY : CANDIDATES;
  const chosen = order.find((one) => best.includes(one)) ?? POINT;
  const marks = { ...chosen, grouped: chosen.grouped && areGrouped(fitting, plain, chosen) };
  // amounts of money have no three decimals
  const clear = asked !== undefined || (money && chosen === GROUPED_POINT && decimal === undefined);
  const others = best.filter((other) => other !== chosen);
  // a cell with both marks is no slip, but many plain numbers are to be read by it
  const hardly = others.length === 0 && chosen === GROUPED_COMMA && plain.groups > 0 && cellsIn(fitting) <= slips;
  return {
    dress: { ...marks, ...unit },
    ...groupingOf(fitting, marks),
    ambiguous: !clear && (hardly || others.some((other) => differs(fitting, plain, { marks: chosen, other }))),
    hardly,
    units: cells.units,
    converted: cells.converted,
    foreign: cells.foreign,
  };
}

const CANDIDATES = [POINT, GROUPED_POINT, COMMA, GROUPED_COMMA];
const COMMA_FIRST = [COMMA, GROUPED_COMMA, POINT, GROUPED_POINT];
// amounts of money have two decimals or none, so that three digits behind a point are a group
const MONEY = [GROUPED_POINT, GROUPED_COMMA, POINT, COMMA];

const NO_FRACTIONS: PlainFractions = { count: 0, groups: 0, wholes: 0 };

interface Numbers {
  readonly texts: readonly FormedText[];
  readonly plain: PlainFractions;
  /** So many cells may be slips. */
  readonly slips: number;
}

/** Several marks, which can be read in one way: 1,234.50 and 1,234,567. */
const SEVERAL_MARKS = /[.,].*[.,]/;

/** The marks that most cells can be read with, give or take some slips; cells with several marks are no slips. */
function likelyMarks(candidates: readonly NumberMarks[], numbers: Numbers): readonly NumberMarks[] {
  const { texts, plain, slips } = numbers;
  const certain = texts.filter(({ form }) => SEVERAL_MARKS.test(form.body));
  const all = candidates.map((marks) => ({
    marks,
    fit: fitOf(marks, texts, plain),
    sure: fitOf(marks, certain, NO_FRACTIONS),
  }));
  const surest = Math.max(...all.map(({ sure }) => sure));
  const scored = all.filter(({ sure }) => sure === surest);
  const most = Math.max(...scored.map(({ fit }) => fit));
  return scored
    .filter(({ marks, fit }) => {
      if (fit === most) return true;
      if (fit === 0 || fit < most - slips) return false;
      // what reads more cells, and these alike, is better however few the others are
      return !scored.some((one) => one.fit > fit && !differs(texts, plain, { marks, other: one.marks }));
    })
    .map(({ marks }) => marks);
}

/** How many cells can be read with these marks. */
function fitOf(marks: NumberMarks, texts: readonly FormedText[], plain: PlainFractions): number {
  const fractions = marks.decimal === "." ? plain.count : marks.grouped ? plain.groups : 0;
  return cellsIn(texts.filter(({ form }) => readableWith(form.body, marks))) + fractions;
}

interface TwoMarks {
  readonly marks: NumberMarks;
  readonly other: NumberMarks;
}

/** Whether other marks would give some cell another value. */
function differs(texts: readonly FormedText[], plain: PlainFractions, { marks, other }: TwoMarks): boolean {
  if (plain.count > 0 && marks.decimal !== other.decimal) {
    const comma = marks.decimal === "," ? marks : other;
    if (comma.grouped && plain.groups > 0) return true;
  }
  return texts.some(({ form }) => {
    const [own, its] = [valueWith(form, marks), valueWith(form, other)];
    return own !== undefined && its !== undefined && own !== its;
  });
}

function valueWith(form: NumberForm, marks: NumberMarks): number | undefined {
  return numberIn({ ...form, unit: "", suffix: "" }, marks);
}

/** Whether the mark between groups occurs at all. */
function areGrouped(texts: readonly FormedText[], plain: PlainFractions, { decimal }: NumberMarks): boolean {
  const own = decimal === "." ? "," : ".";
  return (decimal === "," && plain.groups > 0) || texts.some(({ form }) => form.body.includes(own));
}

function groupingOf(
  texts: readonly FormedText[],
  { decimal, grouped }: NumberMarks,
): { readonly grouping?: "," | "." | " " | "'" } {
  if (grouped) return { grouping: decimal === "." ? "," : "." };
  const found = ([" ", "'"] as const).find((mark) => texts.some(({ form }) => form.body.includes(mark)));
  return found === undefined ? {} : { grouping: found };
}

interface UnitChoice {
  readonly unit?: string;
  readonly scaled: boolean;
  readonly units: DressChoice["units"];
  readonly converted: readonly string[];
  readonly foreign: readonly string[];
}

/** A word that fewer of the numbers than this have is a slip of the pen rather than their unit. */
const COMMON_UNIT = 0.2;

function unitsOf(texts: readonly FormedText[], plain: PlainFractions): UnitChoice {
  const bare = plain.count + plain.wholes + cellsIn(texts.filter(({ form }) => form.suffix === "" && form.unit === ""));
  const total = bare + cellsIn(texts.filter(({ form }) => form.suffix !== "" || form.unit !== ""));
  const scaled = areMultipliers(texts, bare);
  const counts = new Map<string, number>();
  for (const { form, count } of texts) {
    const unit =
      scaled && multiplierOf(form.suffix) !== undefined && form.unit.startsWith(form.suffix) ? "" : form.unit;
    if (unit !== "") counts.set(unit, (counts.get(unit) ?? 0) + count);
  }
  const units = [...counts].map(([unit, count]) => ({ unit, count })).sort((a, b) => b.count - a.count);
  const common = units.filter(
    ({ unit, count }) =>
      isCurrency(unit) || (count >= COMMON_UNIT * total && (count > 1 || total === 1 || isKnownUnit(unit))),
  );
  const [main] = common;
  if (main === undefined) return { scaled, units: [], converted: [], foreign: [] };
  const others = units.filter(({ unit }) => unit !== main.unit).map(({ unit }) => unit);
  const converted = others.filter((unit) => unitFactor(unit, main.unit) !== undefined);
  const foreign = others.filter((unit) => !converted.includes(unit));
  return {
    unit: main.unit,
    scaled,
    units,
    converted: converted.filter((unit) => unitFactor(unit, main.unit) !== 1),
    foreign,
  };
}

/**
 * Whether the words after the numbers multiply: some, as "k" and "bn", never mean a unit beside numbers without one, and
 * "m" is a million where "k" or "bn" stand in the column too, or capital letters beside bare numbers.
 */
function areMultipliers(all: readonly FormedText[], bare: number): boolean {
  const { texts, slips } = withoutSlips(all, bare);
  const words = new Set(texts.map(({ form }) => form.suffix).filter((suffix) => suffix !== "" && !isCurrency(suffix)));
  if (words.size === 0 || [...words].some((word) => multiplierOf(word) === undefined)) return false;
  if (texts.some(({ form }) => form.suffix !== "" && form.apart && form.suffix.length === 1)) return false;
  const paid = texts.filter(
    ({ form }) => multiplierOf(form.suffix) !== undefined && form.unit !== form.suffix && isCurrency(form.unit),
  );
  const money = cellsIn(paid) > slips;
  if (money || words.size > 1) return money || [...words].some(isPlainMultiplier);
  const [word = ""] = words;
  return bare > slips ? isPlainMultiplier(word) || word === "M" || word === "B" : isPlainMultiplier(word);
}

/** The texts that show what the words mean: one "12k" among many meters does not make millions of them. */
function withoutSlips(
  texts: readonly FormedText[],
  bare: number,
): { readonly texts: readonly FormedText[]; readonly slips: number } {
  const worded = texts.filter(({ form }) => form.suffix !== "");
  const slips = slipsAmong(bare + cellsIn(texts));
  const cells = new Map<string, number>();
  for (const { form, count } of worded) cells.set(form.suffix, (cells.get(form.suffix) ?? 0) + count);
  const count = Math.max(0, ...cells.values());
  if (count <= slips) return { texts, slips };
  return {
    texts: texts.filter(({ form }) => form.suffix === "" || (cells.get(form.suffix) ?? 0) > slips),
    slips,
  };
}
