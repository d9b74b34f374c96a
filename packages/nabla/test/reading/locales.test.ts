import { describe, expect, test } from "vitest";
import { decided } from "./decided.ts";

/** What the host itself writes in many languages is read back: a witness of how people write that is not our own. */
const numbers = [1234.5, -12.25, 0.5, 1_234_567.75, 999, 88_012.25, -3456.5, 7];

const locales = [
  ...[
    "en-US",
    "en-GB",
    "en-IN",
    "de-DE",
    "de-AT",
    "de-CH",
    "fr-FR",
    "fr-CA",
    "es-ES",
    "es-MX",
    "it-IT",
    "pt-BR",
    "pt-PT",
  ],
  ...[
    "nl-NL",
    "sv-SE",
    "nb-NO",
    "da-DK",
    "fi-FI",
    "pl-PL",
    "cs-CZ",
    "hu-HU",
    "ro-RO",
    "tr-TR",
    "ru-RU",
    "el-GR",
    "ja-JP",
  ],
  ...["ko-KR", "zh-CN", "id-ID", "vi-VN"],
];
const currencies = ["USD", "EUR", "GBP", "CHF", "SEK", "JPY", "INR", "BRL", "PLN", "CZK", "RUB", "TRY"];
const units = ["kilogram", "kilometer-per-hour", "celsius"];

describe.each(locales)("numbers as %s writes them", (locale) => {
  const formats: readonly (readonly [string, Intl.NumberFormatOptions])[] = [
    ["alone", { maximumFractionDigits: 2 }],
    ["with two decimals", { minimumFractionDigits: 2 }],
    ["as percent", { style: "percent", maximumFractionDigits: 2 }],
    ["as accounts", { style: "currency", currency: "USD", currencySign: "accounting" }],
    ["with a code", { style: "currency", currency: "EUR", currencyDisplay: "code" }],
    ...units.map((unit) => [`in ${unit}`, { style: "unit", unit }] as const),
    ...currencies.map(
      (currency) =>
        [
          `in ${currency}`,
          { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: 2 },
        ] as const,
    ),
  ];
  test("are read back", () => {
    for (const [how, options] of formats) {
      const format = new Intl.NumberFormat(locale, options);
      const found = decided(numbers.map((value) => format.format(value)));
      const scale = options.style === "percent" ? 100 : 1;
      expect(found.values, how).toEqual(numbers.map((value) => value * scale));
      expect(found.codes, how).toEqual([]);
    }
  });
});

const moments = [
  ...[
    Date.UTC(2024, 4, 31, 14, 5),
    Date.UTC(2023, 0, 13, 0, 30),
    Date.UTC(2022, 7, 22, 12, 0),
    Date.UTC(2020, 11, 25, 9, 9),
  ],
  ...Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month, 15 + month, 3 * (month % 8), month * 4)),
];

describe.each([
  ...[
    "en-US",
    "en-GB",
    "en-CA",
    "de-DE",
    "de-CH",
    "fr-FR",
    "fr-CA",
    "es-ES",
    "es-MX",
    "it-IT",
    "pt-BR",
    "pt-PT",
    "nl-NL",
  ],
  ...["nl-BE", "sv-SE", "nb-NO", "da-DK", "ja-JP", "zh-CN", "ko-KR"],
])("dates as %s writes them", (locale) => {
  test.each(["short", "medium", "long", "full"] as const)("%s, with a time and without", (dateStyle) => {
    for (const timeStyle of [undefined, "short", "medium"] as const) {
      const format = new Intl.DateTimeFormat(locale, { dateStyle, ...(timeStyle && { timeStyle }), timeZone: "UTC" });
      const found = decided(moments.map((moment) => format.format(moment)));
      expect(found.reading.as, String(timeStyle)).toBe("date");
      for (const [i, moment] of moments.entries())
        expect(found.values[i]).toBeCloseTo(
          timeStyle === undefined ? Math.floor(moment / 86_400_000) : moment / 86_400_000,
          6,
        );
    }
  });
});
