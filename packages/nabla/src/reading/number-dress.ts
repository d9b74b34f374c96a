/** How the numbers of a column are dressed, decided by all of them: decimal mark, groups, unit, multipliers. */
import type { CellText } from "./cell-text.ts";
import { type NumberDress, type NumberForm, type NumberMarks, numberForm, numberIn, readableWith } from "./numbers.ts";
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
  /** Units of the cells by how many have them, the most frequent first. */
  readonly units: readonly { readonly unit: string; readonly count: number }[];
  /** Units beside the main one that are converted, as grams to kilograms. */
  readonly converted: readonly string[];
  /** Units beside the main one that cannot be converted. */
  readonly foreign: readonly string[];
}

/** What decides where the cells do not: the marks that the user named, or those of the columns beside this one. */
export interface DressHints {
  readonly asked?: "," | ".";
  readonly decimal?: ",";
}

const POINT: NumberMarks = { decimal: ".", grouped: false };
const GROUPED_POINT: NumberMarks = { decimal: ".", grouped: true };
const COMMA: NumberMarks = { decimal: ",", grouped: false };
const GROUPED_COMMA: NumberMarks = { decimal: ",", grouped: true };

/** Decides how the numbers of a column are dressed. */
export function decideDress(
  texts: readonly FormedText[],
  plain: PlainFractions,
  { asked, decimal }: DressHints = {},
): DressChoice {
  const cells = unitsOf(texts, plain);
  const candidates = [POINT, GROUPED_POINT, COMMA, GROUPED_COMMA];
  const money = cells.unit !== undefined && isCurrency(cells.unit) && plain.count === 0;
  const scored = candidates.map((marks) => ({ marks, fit: fitOf(marks, texts, plain) }));
  const wanted = scored.filter(({ marks }) => asked === undefined || marks.decimal === asked);
  const most = Math.max(...wanted.map(({ fit }) => fit));
  const best = wanted.filter(({ fit }) => fit === most).map(({ marks }) => marks);
  const order = decimal === "," ? [COMMA, GROUPED_COMMA, POINT, GROUPED_POINT] : money ? MONEY : candidates;
  const chosen = order.find((one) => best.includes(one)) ?? POINT;
  const marks = { ...chosen, grouped: chosen.grouped && areGrouped(texts, plain, chosen) };
  return {
    dress: {
      ...marks,
      ...(cells.unit === undefined ? {} : { unit: cells.unit }),
      ...(cells.scaled ? { scaled: true } : {}),
    },
    ...groupingOf(texts, marks),
    ambiguous:
      asked === undefined && best.some((other) => other !== chosen && differs(texts, plain, { marks: chosen, other })),
    units: cells.units,
    converted: cells.converted,
    foreign: cells.foreign,
  };
}

// amounts of money have two decimals or none, so that three digits behind a point are a group
const MONEY = [GROUPED_POINT, GROUPED_COMMA, POINT, COMMA];

/** How many cells can be read with these marks. */
function fitOf(marks: NumberMarks, texts: readonly FormedText[], plain: PlainFractions): number {
  const fitting = texts.filter(({ form }) => readableWith(form.body, marks));
  const fractions = marks.decimal === "." ? plain.count : marks.grouped ? plain.groups : 0;
  return fitting.reduce((sum, { count }) => sum + count, 0) + fractions;
}

/** Whether other marks would give some cell another value. */
function differs(
  texts: readonly FormedText[],
  plain: PlainFractions,
  { marks, other }: { readonly marks: NumberMarks; readonly other: NumberMarks },
): boolean {
  if (plain.count > 0 && marks.decimal !== other.decimal && marks.grouped && other.grouped) return true;
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
  const bare = plain.count + plain.wholes + sum(texts.filter(({ form }) => form.suffix === "" && form.unit === ""));
  const total = bare + sum(texts.filter(({ form }) => form.suffix !== "" || form.unit !== ""));
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
function areMultipliers(texts: readonly FormedText[], bare: number): boolean {
  const words = new Set(texts.map(({ form }) => form.suffix).filter((suffix) => suffix !== "" && !isCurrency(suffix)));
  if (words.size === 0 || [...words].some((word) => multiplierOf(word) === undefined)) return false;
  if (texts.some(({ form }) => form.suffix !== "" && form.apart && form.suffix.length === 1)) return false;
  const money = texts.some(
    ({ form }) => multiplierOf(form.suffix) !== undefined && form.unit !== form.suffix && isCurrency(form.unit),
  );
  if (money || words.size > 1) return money || [...words].some(isPlainMultiplier);
  const [word = ""] = words;
  return bare > 0 ? isPlainMultiplier(word) || word === "M" || word === "B" : isPlainMultiplier(word);
}

function sum(texts: readonly CellText[]): number {
  return texts.reduce((total, { count }) => total + count, 0);
}
