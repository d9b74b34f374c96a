import { describe, expect, test } from "vitest";
import { decided, noticeOf, repeated } from "./decided.ts";

const gap = Number.NaN;

describe("numbers in dress", () => {
  test.each<readonly [string, readonly string[], readonly number[], string]>([
    ["plain", ["1", "-2.5", "3e0"], [1, -2.5, 3], "numbers"],
    ["exponents", ["1.5e-3", "1e+05", "2.0E2"], [0.0015, 100000, 200], "numbers"],
    ["thousands commas", ["1,234", "1,234,567", "12"], [1234, 1234567, 12], "numbers with thousands commas"],
    ["commas and a point", ["1,234.50", "999.25", "12"], [1234.5, 999.25, 12], "numbers with thousands commas"],
    [
      "points and a comma",
      ["1.234,56", "81.382", "-0,5"],
      [1234.56, 81382, -0.5],
      "numbers with decimal commas and thousands points",
    ],
    [
      "points that end in zeros",
      ["1.234,5", "81.300", "2.000"],
      [1234.5, 81300, 2000],
      "numbers with decimal commas and thousands points",
    ],
    ["decimal commas", ["4,35", "12,1", "0,123"], [4.35, 12.1, 0.123], "numbers with decimal commas"],
    ["blanks", ["12 345", "1 000 000", "7"], [12345, 1000000, 7], "numbers with thousands spaces"],
    [
      "no-break blanks",
      ["12\u00a0345,5", "1\u202f000,25"],
      [12345.5, 1000.25],
      "numbers with decimal commas and thousands spaces",
    ],
    ["apostrophes", ["1'234.50", "12’345.00", "5.-"], [1234.5, 12345, 5], "numbers with thousands apostrophes"],
    ["Indian groups", ["12,34,567", "1,23,456.5", "999"], [1234567, 123456.5, 999], "numbers with thousands commas"],
    ["dollars", ["$1,234.50", "-$12.00", "($3.25)"], [1234.5, -12, -3.25], "numbers with thousands commas, in $"],
    [
      "euros",
      ["1.234,50 €", "12,00 €", "7,5 €"],
      [1234.5, 12, 7.5],
      "numbers with decimal commas and thousands points, in €",
    ],
    ["kroner", ["kr 1 200", "kr 350", "kr 99"], [1200, 350, 99], "numbers with thousands spaces, in kr"],
    ["francs", ["CHF 12.50", "CHF 1'250.00", "CHF 3.-"], [12.5, 1250, 3], "numbers with thousands apostrophes, in CHF"],
    ["percent", ["12.5%", "3 %", "−4%"], [12.5, 3, -4], "numbers, in %"],
    ["kilograms", ["5 kg", "12.5kg", "7"], [5, 12.5, 7], "numbers, in kg"],
    ["square meters", ["5 m²", "12 m2", "70 m²"], [5, 12, 70], "numbers, in m²"],
    ["degrees", ["23 °C", "-4.5 °C"], [23, -4.5], "numbers, in °C"],
    ["speed", ["60 km/h", "120 km/h"], [60, 120], "numbers, in km/h"],
    ["multipliers", ["12k", "3.4M", "900"], [12000, 3400000, 900], "numbers with multipliers such as k and M"],
    ["multiplied money", ["$1.1k", "$2bn", "$950"], [1100, 2e9, 950], "numbers with multipliers such as k and M, in $"],
    [
      "multiplied euros",
      ["1,5 Mio. €", "12 Mio. €", "0,25 Mio. €"],
      [1.5e6, 12e6, 0.25e6],
      "numbers with decimal commas and multipliers such as k and M, in €",
    ],
    ["prices of an hour", ["$5/hr", "$7.50/hr"], [5, 7.5], "numbers, in $/hr"],
    ["a currency twice", ["$5 USD", "$7.50 USD"], [5, 7.5], "numbers, in USD"],
    ["signs after the digits", ["5-", "12.5-", "3"], [-5, -12.5, 3], "numbers"],
    ["kinds of minus", ["−5", "–3", "-2", "+4"], [-5, -3, -2, 4], "numbers"],
    ["full-width digits", ["１２３", "４５．５"], [123, 45.5], "numbers"],
    ["points and commas that can only be decimal", ["1.5", "2,25", "3.75", "4.1"], [1.5, 2.25, 3.75, 4.1], "numbers"],
  ])("%s", (_, cells, values, how) => {
    const found = decided(cells);
    expect(found.values).toEqual(values);
    expect(found.how).toBe(how);
    expect(found.faults).toEqual([]);
  });

  test("a lone comma before three digits divides thousands, and the other reading is offered", () => {
    const found = decided(["1,234", "5,678"], { name: "amount" });
    expect(found.values).toEqual([1234, 5678]);
    expect(noticeOf(found, "data/ambiguous-number")).toMatch(/"1,234" is read as 1234.*--column amount=number:comma$/);
    expect(decided(["1,234", "5,678"], { as: "number:comma" }).values).toEqual([1.234, 5.678]);
    expect(decided(["1,234", "5,678"], { decimal: "," }).values).toEqual([1.234, 5.678]);
  });

  test("nothing is asked where the column decides", () => {
    expect(decided(["1,234", "12,5"]).values).toEqual([1.234, 12.5]);
    expect(decided(["1,234", "12,5"]).codes).toEqual([]);
    expect(decided(["1,234", "0,999"]).values).toEqual([1.234, 0.999]);
    expect(decided(["1,234", "2.5"]).values).toEqual([1234, 2.5]);
    expect(decided(["1.234.567", "12.345", "999", "2.000"]).values).toEqual([1234567, 12345, 999, 2000]);
    expect(decided(["2.000", "1.5"]).values).toEqual([2, 1.5]);
  });

  test("points as the user says", () => {
    expect(decided(["1.234", "81.300"], { as: "number:comma" }).values).toEqual([1234, 81300]);
    expect(decided(["1.234", "81.300"], { as: "number:point" }).values).toEqual([1.234, 81.3]);
  });

  test("units of one quantity are converted to the most frequent, aloud", () => {
    const found = decided(["5 kg", "2 kg", "500 g", "1.5 kg"]);
    expect(found.values).toEqual([5, 2, 0.5, 1.5]);
    expect(noticeOf(found, "data/converted-units")).toMatch(/kg \(3\) and g \(1\).*--column x=category$/);
  });

  test("a currency has several names", () => {
    expect(decided(["€5", "6 EUR", "7 €"], { name: "price" }).values).toEqual([5, 6, 7]);
    expect(decided(["$5", "US$ 6", "7 USD"], { name: "price" }).codes).toEqual([]);
  });

  test("places and things are no quantities", () => {
    expect(decided(["1st", "2nd", "3rd", "1st"]).values).toEqual(["1st", "2nd", "3rd", "1st"]);
    expect(decided(["5 apples", "3 pears", "2 plums"]).reading.as).toBe("category");
    expect(decided(["R1", "R2", "R3"]).reading.as).toBe("category");
  });

  test("units are converted without a rounding error", () => {
    expect(decided(["1 kg", "2 kg", "100 g", "1.1 g", "70 mg"]).values).toEqual([1, 2, 0.1, 0.0011, 0.00007]);
    expect(Object.is(decided(["-0,0", "1,5"]).values[0], 0)).toBe(true);
  });

  test("currencies are not mixed in silence", () => {
    const found = decided(["$5", "$6", "€7"], { name: "price" });
    expect(found.faults).toEqual([{ text: "€7", count: 1, row: 2 }]);
    expect(noticeOf(found, "data/mixed-units")).toMatch(/\$ \(2\) and € \(1\)/);
  });

  test.each(["0x1F", "1_2", "1-5", "12:30", "v2", "<5", "~3", "1.2.3"])("%s is no number", (text) => {
    expect(decided(["1.5", "2.5", "3.5", text]).faults).toEqual([{ text, count: 1, row: 3 }]);
  });

  test("the range is in the column's terms", () => {
    expect(decided(["5 kg", "12.5 kg"]).range).toEqual({ minimum: 5, maximum: 12.5, text: "5 to 12.5 kg" });
  });

  test("plain numbers are not copied", () => {
    expect(decided(["1", "2", "2"])).toMatchObject({ distinct: 2, missing: 0, examples: ["1", "2"] });
    expect(decided([1, 0, 1, 0]).reading).toEqual({ as: "number", binary: true });
  });
});

describe("words among numbers", () => {
  const numbers = ["5.1", "4.2", "3.3", "7.4"];

  test.each([
    ...["None", "NaN", "nan", "NA", "N/A", "n/a", "#N/A", "#NA", "NULL", "null", "nil", "-", "--", ".", "?"],
    ...["unknown", "missing", "not available", "Not Available", "n.a.", "nd", "–", "…"],
  ])("%s is missing in up to half of the cells", (word) => {
    const found = decided([...numbers, word, word, word, word]);
    expect(found.values).toEqual([5.1, 4.2, 3.3, 7.4, gap, gap, gap, gap]);
    expect(found.missing).toBe(4);
    expect(found.missingWords).toEqual([{ text: word, count: 4 }]);
    expect(noticeOf(found, "data/missing-words")).toContain(`"${word}" (4 cells)`);
  });

  test("a word of their own that repeats is read as missing, aloud", () => {
    const found = decided([...repeated(numbers, 4), "closed", "closed", "closed"], { name: "sales" });
    expect(found.missing).toBe(3);
    expect(noticeOf(found, "data/likely-missing")).toMatch(/"closed" \(3 cells\).*--column sales=category$/);
  });

  test("single slips are faults with their row", () => {
    const found = decided(["5.1", "12,5x", "4.2", "l2", "3.3", "3.4"]);
    expect(found.reading.as).toBe("number");
    expect(found.faults).toEqual([
      { text: "12,5x", count: 1, row: 1 },
      { text: "l2", count: 1, row: 3 },
    ]);
    const gaps = decided(["5.1", "l2", "4.2"], { badCells: "missing" });
    expect(noticeOf(gaps, "data/bad-cells")).toContain('"l2" (1 cell)');
    expect(gaps.values).toEqual([5.1, gap, 4.2]);
  });

  test("a column of numbers and 12 % of other texts is one of numbers", () => {
    const cells = Array.from({ length: 100 }, (_, i) => (i % 8 === 0 ? `note ${i}` : String(i + 0.5)));
    expect(decided(cells)).toMatchObject({ reading: { as: "number" } });
  });

  test("words of the user add to those known, and an empty one stands for none", () => {
    expect(decided(["5", "-999", "NA", "gone"], { missing: ["-999", "gone"] }).values).toEqual([5, gap, gap, gap]);
    expect(decided(["5", "-999.0", "7"], { missing: ["-999"] })).toMatchObject({
      missing: 1,
      missingWords: [{ text: "-999" }],
    });
    expect(decided(["5,5", "-999,0", "−999", "7,25"], { missing: ["-999"] })).toMatchObject({
      missing: 2,
      values: [5.5, gap, gap, 7.25],
    });
    expect(decided(["5", "6", "NA", "7"], { missing: [""] }).faults).toEqual([{ text: "NA", count: 1, row: 2 }]);
    expect(decided(["5", "6", "NA", "x1", "7"], { missing: ["", "x1"] }).faults).toEqual([
      { text: "NA", count: 1, row: 2 },
    ]);
  });

  test("few whole numbers beside names are names", () => {
    const found = decided(repeated(["1", "2", "3+", "0", "1", "2"], 10), { name: "children" });
    expect(found.reading).toEqual({ as: "category" });
    expect(found.levels?.map(({ text }) => text)).toEqual(["0", "1", "2", "3+"]);
  });

  test("whole numbers beside many other labels are labels", () => {
    const cells = Array.from({ length: 120 }, (_, i) => (i % 4 === 0 ? `A/5 ${21171 + i * 3}` : String(17463 + i * 7)));
    const found = decided(cells, { name: "Ticket" });
    expect(found.leftOut).toEqual({ reason: "identifier", option: "--column Ticket=category" });
    expect(noticeOf(found, "data/mostly-numbers")).toContain("90 of 120 cells are numbers");
    expect(decided(cells, { name: "Ticket", role: "key" }).reading.as).toBe("category");
  });

  test("letters that are sizes are names beside few numbers", () => {
    expect(decided(repeated(["38", "40", "42", "M"], 5)).values.slice(0, 4)).toEqual(["38", "40", "42", "M"]);
  });

  test("percent and fractions in one column are named", () => {
    expect(noticeOf(decided(["12.5%", "0.3", "14%"], { name: "rate" }), "data/mixed-units")).toContain(
      "--column rate=category",
    );
  });

  test("infinities do not fit", () => {
    expect(decided([1.5, Number.POSITIVE_INFINITY, 2]).faults).toEqual([{ text: "Infinity", count: 1, row: 1 }]);
  });
});

describe("values that stand for none", () => {
  const spread = Array.from({ length: 40 }, (_, i) => String(10 + i));

  test.each(["-999", "-9999", "9999", "99999", "-1", "-999.0"])("%s is noticed and the option printed", (value) => {
    const found = decided([...spread, value, value, value], { name: "age" });
    expect(found.missing).toBe(0);
    expect(noticeOf(found, "data/sentinel")).toMatch(new RegExp(`${value} stands in 3 cells.*--missing ${value}$`));
    expect(decided([...spread, value, value, value], { missing: [value] })).toMatchObject({
      missing: 3,
      codes: ["data/x"].slice(1),
    });
  });

  test("two at once, low and high", () => {
    const found = decided([...spread, "-999", "-999", "9999", "9999"]);
    expect(found.codes).toEqual(["data/sentinel", "data/sentinel"]);
  });

  test("one at the other end hides none", () => {
    expect(noticeOf(decided([...spread, "-999", "-999", "9999"]), "data/sentinel")).toContain("-999 stands in 2 cells");
  });

  test("a value on no list, often and very far off", () => {
    const found = decided([...spread, ...repeated(["-200"], 6)], { name: "co" });
    expect(noticeOf(found, "data/sentinel")).toMatch(/-200 stands in 6 cells.*--missing -200$/);
    expect(decided([...repeated(["0", "1"], 20), "200", "200", "200", "200", "200"]).codes).toEqual([]);
  });

  test("an ordinary value is none, nor one that occurs once", () => {
    expect(decided([...Array.from({ length: 50 }, (_, i) => String(i * 40)), "999", "999"]).codes).toEqual([]);
    expect(decided([...spread, "-999"]).codes).toEqual([]);
    expect(decided(repeated(["-1", "0", "1"], 10)).codes).toEqual([]);
  });

  test("in many different values too", () => {
    const many = Array.from({ length: 3000 }, (_, i) => i / 7);
    expect(decided([...many, -999, -999]).codes).toEqual(["data/sentinel"]);
  });
});

describe("targets", () => {
  const spread = Array.from({ length: 60 }, (_, i) => 5 + ((i * 37) % 60) / 10);

  test("a value far from all others", () => {
    const found = decided([...spread, 1e7], { role: "target", name: "y" });
    expect(noticeOf(found, "data/outlier")).toBe(
      "column y: one value of 10000000 among values from 5 to 10.9; if it is wrong, --missing 10000000",
    );
  });

  test("a long tail of values that are never negative", () => {
    const tail = Array.from({ length: 200 }, (_, i) => Math.exp(((i * 77) % 200) / 20 - 5));
    expect(noticeOf(decided(tail, { role: "target" }), "data/skewed-target")).toMatch(/--target-scale log$/);
    expect(decided(tail).codes).toEqual([]);
    expect(decided(spread, { role: "target" }).codes).toEqual([]);
  });

  test("one value, and hardly another", () => {
    expect(decided([...repeated([3.5], 40)], { role: "target" }).codes).toContain("data/one-value");
    expect(decided([...repeated([3.5], 400), 4.5, 6.25], { role: "target" }).codes).toEqual(["data/nearly-constant"]);
  });

  test("whole numbers that are classes are measured as classes", () => {
    const found = decided([...repeated([0], 498), 1, 1], { role: "target", name: "fraud" });
    expect(noticeOf(found, "data/rare-classes")).toContain('"1" (2 rows)');
  });
});
