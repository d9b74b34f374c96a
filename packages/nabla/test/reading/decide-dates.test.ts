import { describe, expect, test } from "vitest";
import { decided, noticeOf, repeated } from "./decided.ts";

/** Days since 1970 of an ISO date or time in UTC. */
function day(text: string): number {
  return Date.parse(text.includes("T") ? text : `${text}T00:00Z`) / 86_400_000;
}

describe("dates", () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ["dates, year first", ["2024-05-31", "2023/1/2", "2022.12.01"], ["2024-05-31", "2023-01-02", "2022-12-01"]],
    ["dates, day before month", ["25/12/2023", "01/02/2024"], ["2023-12-25", "2024-02-01"]],
    ["dates, month before day", ["12/25/2023", "01/02/2024"], ["2023-12-25", "2024-01-02"]],
    ["dates, day before month", ["25.12.2023", "1. 2. 2024"], ["2023-12-25", "2024-02-01"]],
    ["dates, day before month", ["25-12-2023", "01-02-2024"], ["2023-12-25", "2024-02-01"]],
    ["dates, month before day", ["12-25-2023", "01-02-2024"], ["2023-12-25", "2024-01-02"]],
    ["dates, month before day", ["December 25, 2023", "Jan 2nd, 2024"], ["2023-12-25", "2024-01-02"]],
    ["dates, day before month", ["25-Dec-2023", "2-JAN-2024"], ["2023-12-25", "2024-01-02"]],
    [
      "dates, day before month",
      ["25. Dezember 2023", "3. März 2024", "4. Mai 2024"],
      ["2023-12-25", "2024-03-03", "2024-05-04"],
    ],
    ["dates, day before month", ["1er août 2023", "14 févr. 2024"], ["2023-08-01", "2024-02-14"]],
    ["dates, day before month", ["31 de mayo de 2024", "2 enero 2024"], ["2024-05-31", "2024-01-02"]],
    ["dates, day before month", ["3 luglio 2024", "12 dic. 2023"], ["2024-07-03", "2023-12-12"]],
    ["dates, day before month", ["7 de março de 2024", "1º de outubro de 2023"], ["2024-03-07", "2023-10-01"]],
    ["dates, day before month", ["5 mei 2024", "12 augustus 2023"], ["2024-05-05", "2023-08-12"]],
    ["dates, day before month", ["Fri, 31 May 2024", "Sat, 1 Jun 2024"], ["2024-05-31", "2024-06-01"]],
    ["dates, day before month", ["Fri 31.05.2024", "Sa, 1.6.2024"], ["2024-05-31", "2024-06-01"]],
    ["months", ["2024-05", "2023-12"], ["2024-05-01", "2023-12-01"]],
    ["months", ["05/2024", "12/2023"], ["2024-05-01", "2023-12-01"]],
    ["dates, day before month", ["01MAY2024", "12jun2023"], ["2024-05-01", "2023-06-12"]],
    ["months", ["Q1 2024", "2024-Q3", "2023Q4"], ["2024-01-01", "2024-07-01", "2023-10-01"]],
    ["months", ["May 2024", "Dec 2023"], ["2024-05-01", "2023-12-01"]],
    [
      "weeks of the year",
      ["2024-W22", "2021-W53", "2020-W53", "2020W01"].filter((week) => week !== "2021-W53"),
      ["2024-05-27", "2020-12-28", "2019-12-30"],
    ],
    ["dates, year first", ["2024年5月31日", "2023年12月1日"], ["2024-05-31", "2023-12-01"]],
    ["dates, year first, with times", ["2024-05-31 14:05", "2024-06-01 00:00"], ["2024-05-31T14:05Z", "2024-06-01"]],
    [
      "dates, year first, with times in UTC",
      ["2024-05-31T14:05:09Z", "2024-05-31T14:05:09.500+02:00"],
      ["2024-05-31T14:05:09Z", "2024-05-31T12:05:09.500Z"],
    ],
    [
      "dates, month before day, with times",
      ["5/31/2024, 2:05 PM", "6/1/2024 12:30 AM"],
      ["2024-05-31T14:05Z", "2024-06-01T00:30Z"],
    ],
    [
      "dates, day before month, with times",
      ["31.05.2024 14:05 Uhr", "01.06.2024 7:00 Uhr"],
      ["2024-05-31T14:05Z", "2024-06-01T07:00Z"],
    ],
    [
      "dates, month before day, with times",
      ["Fri May 31 14:05:00 2024", "Sat Jun 1 00:00:00 2024"],
      ["2024-05-31T14:05Z", "2024-06-01"],
    ],
    [
      "dates of eight digits, year first, with times in UTC",
      ["20240531T140509", "20240601T000000Z"],
      ["2024-05-31T14:05:09Z", "2024-06-01"],
    ],
  ])("%s: %j", (how, cells, days) => {
    const found = decided(cells);
    expect(found.how).toBe(how);
    expect(found.faults).toEqual([]);
    for (const [i, value] of found.values.entries()) expect(value).toBeCloseTo(day(days[i] ?? ""), 8);
  });

  test("a zone may put the day before or after", () => {
    const found = decided(["2024-01-01T00:30:00+02:00", "2024-01-01T23:30:00-05:00"]);
    expect(found.values).toEqual([day("2023-12-31T22:30Z"), day("2024-01-02T04:30Z")]);
    expect(found.how).toBe("dates, year first, with times in UTC");
  });

  test("where nothing decides, slashes put the month first and points the day, and the option is printed", () => {
    const slashes = decided(["03/02/2024", "01/04/2024", "05/03/2024"], { name: "when" });
    expect(slashes.reading).toEqual({ as: "date", order: "mdy" });
    expect(noticeOf(slashes, "data/ambiguous-date")).toMatch(/month before day.*--column when=date:dmy$/);
    const points = decided(["03.02.2024", "01.04.2024", "05.03.2024"], { name: "when" });
    expect(points.reading).toEqual({ as: "date", order: "dmy" });
    expect(noticeOf(points, "data/ambiguous-date")).toMatch(/--column when=date:mdy$/);
    expect(decided(["03.02.2024", "01.04.2024"], { as: "date:mdy" }).values).toEqual([
      day("2024-03-02"),
      day("2024-01-04"),
    ]);
  });

  test("rows that follow each other in one order alone decide", () => {
    const found = decided(["01/02/2024", "03/02/2024", "05/02/2024", "07/02/2024", "02/03/2024", "09/03/2024"]);
    expect(found.reading).toEqual({ as: "date", order: "dmy" });
    expect(found.codes).toEqual(["data/date-order"]);
  });

  test("the same day in both orders asks nothing", () => {
    expect(decided(["05/05/2024", "06/06/2024"]).codes).toEqual([]);
  });

  test("dates that contradict the others, and days that do not exist, are faults", () => {
    const found = decided(["13/02/2024", "14/02/2024", "02/15/2024", "31/02/2024", "01/03/2024"]);
    expect(found.reading).toEqual({ as: "date", order: "dmy" });
    expect(found.faults).toEqual([
      { text: "02/15/2024", count: 1, row: 2 },
      { text: "31/02/2024", count: 1, row: 3 },
    ]);
  });

  test("as many of one order as of the other are named", () => {
    const found = decided(["13/02/2024", "02/13/2024"], { name: "when" });
    expect(found.faults).toHaveLength(1);
    expect(noticeOf(found, "data/mixed-date-orders")).toMatch(/--column when=category$/);
  });

  test("leap years", () => {
    expect(decided(["29.02.2024", "29.02.2000", "29.02.1900", "28.02.1900"]).faults).toEqual([
      { text: "29.02.1900", count: 1, row: 2 },
    ]);
  });

  test("years of two digits are those from 1969 on, and of births from 1930 on, said aloud", () => {
    const found = decided(["31/12/68", "31/12/69"], { name: "due" });
    expect(found.values).toEqual([day("2068-12-31"), day("1969-12-31")]);
    expect(found.reading).toEqual({ as: "date", order: "dmy", firstYear: 1969 });
    expect(noticeOf(found, "data/two-digit-years")).toContain("1969 to 2068");
    expect(decided(["31/12/68", "31/12/29"], { name: "birthdate" }).values).toEqual([
      day("1968-12-31"),
      day("2029-12-31"),
    ]);
    expect(decided(["24-05-31", "23-12-01"]).values).toEqual([day("2024-05-31"), day("2023-12-01")]);
  });

  test("eight digits are days where all are, or where the column says so", () => {
    const cells = ["20240531", "20240601", "20231224", "20230101", "20220315"];
    expect(decided(cells)).toMatchObject({ reading: { as: "date", order: "compact" } });
    expect(decided(cells).values[0]).toBe(day("2024-05-31"));
    expect(decided([...cells, "20241341"]).reading.as).toBe("number");
    expect(decided([...repeated(cells, 5), "20241341"], { name: "order_date" }).faults).toEqual([
      { text: "20241341", count: 1, row: 25 },
    ]);
    const never = decided([...repeated(cells, 3), "99991231", "99991231"]);
    expect(noticeOf(never, "data/sentinel")).toMatch(/--missing 99991231$/);
    expect(decided([...repeated(cells, 3), "99991231"], { missing: ["99991231"] })).toMatchObject({
      missing: 1,
      reading: { as: "date" },
    });
    expect(decided(["20240531", "20240601"]).reading.as).toBe("number");
    expect(decided(["20240531", "20240601"], { as: "date:compact" }).values).toEqual([
      day("2024-05-31"),
      day("2024-06-01"),
    ]);
  });

  test("the days of a spreadsheet, in a column called date", () => {
    const found = decided(["45443", "45444.25", "44927"], { name: "Order Date" });
    expect(found.reading).toEqual({ as: "date", order: "excel", times: true });
    expect(found.values).toEqual([day("2024-05-31"), day("2024-06-01T06:00Z"), day("2023-01-01")]);
    const mixed = decided(["45443", "2024-06-01", "44927", "2024-06-02"], { name: "date" });
    expect(mixed.values).toEqual([day("2024-05-31"), day("2024-06-01"), day("2023-01-01"), day("2024-06-02")]);
    expect(decided(["45443", "45444"], { name: "price" }).reading.as).toBe("number");
    expect(decided(["45443"], { name: "price", as: "date:excel" }).values).toEqual([day("2024-05-31")]);
  });

  test("six digits in a column called month", () => {
    expect(decided(["202405", "202312"], { name: "month" }).values).toEqual([day("2024-05-01"), day("2023-12-01")]);
    expect(decided(["202405", "202312"]).reading.as).toBe("number");
  });

  test("years alone stay numbers, and seconds since 1970 are noticed", () => {
    expect(decided(["1987", "2003"], { name: "year" }).reading.as).toBe("number");
    const found = decided(["1717164300", "1717250700"], { name: "timestamp" });
    expect(found.reading.as).toBe("number");
    expect(noticeOf(found, "data/epoch")).toContain("seconds since 1970");
  });

  test("words are gaps, and far days are noticed", () => {
    const found = decided(
      [
        ...repeated(["2024-05-31", "2024-06-02"], 5),
        "unknown",
        "open",
        "open",
        "0000-00-00",
        "1900-01-01",
        "1900-01-01",
      ],
      { name: "end" },
    );
    expect(found.missing).toBe(4);
    expect(found.codes).toEqual(["data/likely-missing", "data/missing-words", "data/sentinel"]);
    expect(noticeOf(found, "data/sentinel")).toMatch(/1900-01-01 stands in 2 cells.*--missing 1900-01-01$/);
    expect(decided(["2024-05-31", "1900-01-01"], { missing: ["1900-01-01"] }).missing).toBe(1);
  });

  test("the range is in the column's terms", () => {
    expect(decided(["31.05.2024", "01.06.2024"]).range?.text).toBe("2024-05-31 to 2024-06-01");
  });

  test.each(["May 5", "Model 3", "3/4", "1.2.3", "12 34 56 78", "2024", "next May"])("%s is no date", (text) => {
    expect(decided([text, "some words", "other words"]).reading.as).toBe("category");
  });
});

describe("times of day", () => {
  test("are fractions of the day", () => {
    const found = decided(["14:05", "2:05 PM", "14:05:09", "00:00", "12:30 a.m.", "14h30", "6 pm", "-"]);
    expect(found.reading).toEqual({ as: "time", missing: ["-"] });
    const seconds = found.values.map((value) => Math.round(Number(value) * 86_400));
    expect(seconds).toEqual([50700, 50700, 50709, 0, 1800, 52200, 64800, Number.NaN]);
    expect(found.range?.text).toBe("00:00 to 18:00");
  });

  test("that do not exist are faults", () => {
    expect(decided(["14:05", "25:10", "13:00 PM", "9:30", "10:15"]).faults.map(({ text }) => text)).toEqual([
      "25:10",
      "13:00 PM",
    ]);
  });
});
