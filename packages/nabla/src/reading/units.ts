/** What is written beside a number: currencies, units and multipliers. */

/** Currencies that may stand before a number or after it. */
const CURRENCIES: ReadonlySet<string> = new Set([
  ...[
    "$",
    "€",
    "£",
    "¥",
    "₹",
    "₩",
    "₽",
    "₺",
    "₪",
    "฿",
    "₫",
    "₴",
    "₦",
    "₱",
    "₡",
    "¢",
    "元",
    "円",
    "zł",
    "Kč",
    "Ft",
    "lei",
    "лв",
  ],
  ...[
    "US$",
    "$US",
    "A$",
    "AU$",
    "C$",
    "CA$",
    "NZ$",
    "HK$",
    "S$",
    "R$",
    "NT$",
    "Mex$",

    "Rs",
    "Rs.",

    "Fr.",
    "SFr.",
    "kr",
    "kr.",
  ],
  ...[
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "CAD",
    "AUD",
    "NZD",
    "CNY",
    "RMB",
    "INR",
    "RUB",
    "BRL",
  ],
  ...[
    "MXN",
    "PLN",
    "CZK",
    "HUF",
    "TRY",
    "ZAR",
    "KRW",
    "SGD",
    "HKD",
    "THB",
    "IDR",
    "MYR",
    "PHP",
    "ILS",
    "AED",
    "SAR",
    "RON",
    "BGN",
  ],
]);

/** Whether a text is a currency, in any case. */
export function isCurrency(text: string): boolean {
  return (
    CURRENCIES.has(text) ||
    /^[A-Z]{0,3}\p{Sc}$/u.test(text) ||
    (text.length === 3 && CURRENCIES.has(text.toUpperCase()))
  );
}

// a declared table: the powers of ten that words after a number mean; single letters as they are cased
const MULTIPLIERS: ReadonlyMap<string, number> = new Map([
  ["k", 1e3],
  ["K", 1e3],
  ["tsd", 1e3],
  ["tsd.", 1e3],
  ["thousand", 1e3],
  ["m", 1e6],
  ["M", 1e6],
  ["mm", 1e6],
  ["mn", 1e6],
  ["mio", 1e6],
  ["mio.", 1e6],
  ["mln", 1e6],
  ["million", 1e6],
  ["millions", 1e6],
  ["b", 1e9],
  ["B", 1e9],
  ["bn", 1e9],
  ["mrd", 1e9],
  ["mrd.", 1e9],
  ["mld", 1e9],
  ["billion", 1e9],
  ["t", 1e12],
  ["T", 1e12],
  ["tn", 1e12],
  ["trillion", 1e12],
  ["lakh", 1e5],
  ["crore", 1e7],
]);

/** What a number is multiplied by when a word follows it, such as 1000 for "k"; undefined for a word that is none. */
export function multiplierOf(word: string): number | undefined {
  return MULTIPLIERS.get(word) ?? (word.length > 1 ? MULTIPLIERS.get(word.toLowerCase()) : undefined);
}

/** Whether a multiplier is a whole word, which is no unit of anything. */
export function isPlainMultiplier(word: string): boolean {
  return multiplierOf(word) !== undefined && !["m", "mm", "t", "T", "b", "B"].includes(word);
}

// a declared table: units of one quantity whose factors are exact, each in the first one
const QUANTITIES: readonly Readonly<Record<string, number>>[] = [
  { kg: 1, g: 1e-3, mg: 1e-6, µg: 1e-9, t: 1e3 },
  { m: 1, mm: 1e-3, cm: 1e-2, dm: 1e-1, km: 1e3, µm: 1e-6, nm: 1e-9 },
  { "m²": 1, "cm²": 1e-4, "mm²": 1e-6, "km²": 1e6, ha: 1e4 },
  { l: 1, ml: 1e-3, cl: 1e-2, dl: 1e-1, hl: 1e2 },
  { s: 1, ms: 1e-3, µs: 1e-6, min: 60, h: 3600 },
  { W: 1, mW: 1e-3, kW: 1e3, MW: 1e6, GW: 1e9 },
  { Wh: 1, kWh: 1e3, MWh: 1e6, GWh: 1e9 },
  { V: 1, mV: 1e-3, kV: 1e3 },
  { A: 1, mA: 1e-3, kA: 1e3 },
  { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
  { Pa: 1, hPa: 1e2, kPa: 1e3, MPa: 1e6 },
  { J: 1, kJ: 1e3, MJ: 1e6 },
];

const spellings: ReadonlyMap<string, string> = new Map([
  ["m2", "m²"],
  ["m^2", "m²"],
  ["qm", "m²"],
  ["sqm", "m²"],
  ["km2", "km²"],
  ["cm2", "cm²"],
  ["m3", "m³"],
  ["m^3", "m³"],
  ["μg", "µg"],
  ["μm", "µm"],
  ["μs", "µs"],
  ["ug", "µg"],
  ["L", "l"],
  ["mL", "ml"],
  ["dL", "dl"],
  ["kgs", "kg"],
  ["Kg", "kg"],
  ["KG", "kg"],
  ["percent", "%"],
  ["pct", "%"],
  ["prozent", "%"],
  ["sec", "s"],
  ["hrs", "h"],
  ["hr", "h"],
  ["std", "h"],
  ["mins", "min"],
]);

/** A unit in one spelling: m2 is m², KG is kg, Percent is %. */
export function unitOf(word: string): string {
  const known = spellings.get(word) ?? spellings.get(word.toLowerCase());
  if (known !== undefined) return known;
  return /^[a-z]{3}$/i.test(word) && isCurrency(word) ? word.toUpperCase() : word;
}

// a declared table: names of one currency; "$" and "kr" are those of the column
const SAME_CURRENCIES: readonly (readonly string[])[] = [
  ["$", "USD", "US$", "$US"],
  ["€", "EUR"],
  ["£", "GBP"],
  ["¥", "JPY", "JP¥", "円"],
  ["₹", "INR", "Rs", "Rs."],
  ["kr", "kr."],
  ["CHF", "Fr.", "SFr."],
  ["R$", "BRL"],
  ["zł", "PLN"],
  ["Kč", "CZK"],
];

// a declared table: units of other systems
const OTHER_UNITS: ReadonlySet<string> = new Set(
  "lb lbs oz st ft in inch inches yd mi mile miles mph gal acre acres c f k kcal cal bar psi hp ps bit mb gb tb kb".split(
    " ",
  ),
);

/** Whether a word is a unit that is known here. */
export function isKnownUnit(word: string): boolean {
  return /^[%‰°]/.test(word) || QUANTITIES.some((units) => word in units) || OTHER_UNITS.has(word.toLowerCase());
}

/** What a number in one unit is multiplied by to be in another; undefined where that is not exact or makes no sense. */
export function unitFactor(from: string, to: string): number | undefined {
  if (from === to || SAME_CURRENCIES.some((names) => names.includes(from) && names.includes(to))) return 1;
  const quantity = QUANTITIES.find((units) => from in units && to in units);
  const [own, other] = [quantity?.[from], quantity?.[to]];
  if (own !== undefined && other !== undefined) return own / other;
  return from.toLowerCase() === to.toLowerCase() ? 1 : undefined;
}
