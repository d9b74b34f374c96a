import { describe, expect, test } from "vitest";
import { decided, noticeOf, repeated } from "./decided.ts";

/** A word that no other number below 1000 gives. */
const word = (i: number): string => `w${[i, i >> 4, i >> 8].map((n) => String.fromCharCode(97 + (n % 16))).join("")}`;

describe("codes", () => {
  test.each<readonly [string, readonly string[]]>([
    ["leading zeros", ["01067", "10115", "01067"]],
    ["leading zeros of any width", ["007", "7", "07"]],
    ["an exponent among whole numbers", ["1000", "1E3", "0", "0E8"]],
    ["underscores", ["41_10_1", "41_10_2", "1_2"]],
    ["letters among leading zeros", ["01", "2A", "2B", "75"]],
    ["letters among whole numbers", ["1", "2A", "2B", "75", "2A", "2B"]],
    ["digits with a letter", ["1A", "2B", "3C", "1A"]],
    ["nineteen digits", ["1234567890123456789", "1234567890123456788", "5"]],
  ])("%s are spelled as in the file", (_, cells) => {
    const found = decided(cells);
    expect(found.reading).toEqual({ as: "category" });
    expect(found.values).toEqual(cells);
  });

  test("numbers with fractions, signs of growth and units are no codes", () => {
    expect(decided(["01.5", "02.25", "10.5"]).values).toEqual([1.5, 2.25, 10.5]);
    expect(decided(["1e+05", "2e-3", "1000"]).values).toEqual([100000, 0.002, 1000]);
    expect(decided(["1E3", "2E4"]).values).toEqual([1000, 20000]);
    expect(decided(["1000", "12k", "3k"]).values).toEqual([1000, 12000, 3000]);
  });

  test.each([
    "zip",
    "PLZ",
    "postcode",
    "product_code",
    "phone",
    "EAN",
    "isbn",
    "sku",
    "account_no",
    "zipCode",
  ])("whole numbers of a fixed length called %s", (name) => {
    const found = decided(["10115", "20095", "80331"], { name });
    expect(found.reading).toEqual({ as: "category", numeric: true });
    expect(noticeOf(found, "data/codes")).toContain(`--column ${name}=number`);
  });

  test("postal codes that lost their zeros are codes of any length", () => {
    expect(decided(["1067", "10115", "20095"], { name: "plz" }).reading.as).toBe("category");
    expect(decided(["1067", "10115", "20095"], { name: "Postal Code" }).reading.as).toBe("category");
    expect(decided(["1067", "10115", "20095"], { name: "error_code" }).reading.as).toBe("number");
  });

  test("an id that repeats is a code; a number that repeats is a number", () => {
    expect(decided(repeated(["1", "2", "37"], 5), { name: "patient_id" }).reading.as).toBe("category");
    expect(decided(repeated(["1", "2", "37"], 5), { name: "rooms" }).reading.as).toBe("number");
    expect(decided(["10115", "20095"], { name: "zip", as: "number" }).values).toEqual([10115, 20095]);
    expect(decided(["10115", "20095"], { name: "price" }).reading.as).toBe("number");
    expect(decided(["3", "12", "7"], { name: "n_codes" }).reading.as).toBe("number");
  });

  test("a column called as codes keeps what is none of digits alone", () => {
    const cells = ["9783161484100", "316148410X", "9780306406157", "316148410X"];
    expect(decided(cells, { name: "isbn" }).values).toEqual(cells);
    const zips = ["12345", "54321", "99999", "23456-1234"];
    expect(decided(zips, { name: "zip" }).values).toEqual(zips);
  });

  test("what may be a quantity is read as codes aloud", () => {
    expect(noticeOf(decided(["12345678901234567890", "5"], { name: "n" }), "data/codes")).toMatch(/--column n=number$/);
    expect(decided(["1e10", "1e11", "2.5e3"]).values).toEqual([1e10, 1e11, 2500]);
  });

  test("digits that the file calls text", () => {
    expect(decided(["1", "2", "2"], { declared: "text" }).values).toEqual(["1", "2", "2"]);
    expect(decided(["1.5", "2.25", "NA"], { declared: "text" }).values).toEqual([1.5, 2.25, Number.NaN]);
  });

  test("classes are spelled as the file spells them", () => {
    expect(decided(["1.50", "2.00", "1.50"], { as: "category" }).values).toEqual(["1.50", "2.00", "1.50"]);
    expect(decided(["1.5", "2", "10"], { as: "category" }).levels?.map(({ text }) => text)).toEqual(["1.5", "2", "10"]);
    expect(decided(["1e3", "1e4", "1e3"], { as: "category" }).values).toEqual(["1e3", "1e4", "1e3"]);
  });
});

describe("yes and no", () => {
  test.each<readonly [string, readonly (string | boolean | number)[], readonly string[]]>([
    ["in any case", ["True", "TRUE", "true", "False", "True"], ["True", "True", "True", "False", "True"]],
    ["in words and digits", ["yes", "no", "1", "0", "yes", "no"], ["yes", "no", "yes", "no", "yes", "no"]],
    ["of programs", [true, false, true], ["true", "false", "true"]],
    ["in German", ["Ja", "Nein", "ja", "Ja"], ["Ja", "Nein", "Ja", "Ja"]],
    ["in letters", ["Y", "N", "n", "N"], ["Y", "N", "N", "N"]],
  ])("%s are two levels", (_, cells, levels) => {
    const found = decided(cells);
    expect(found.reading).toEqual({ as: "category", truth: true });
    expect(found.values).toEqual(levels);
    expect(found.how).toBe("yes or no");
  });

  test("spellings that become one are named, and kept apart when the user says so", () => {
    const cells = ["YES", "yes", "NO", "no", "yes", "no"];
    expect(noticeOf(decided(cells, { name: "left" }), "data/joined-levels")).toMatch(/--column left=category$/);
    expect(decided(cells, { as: "category" }).distinct).toBe(4);
  });

  test("letters of other things are names", () => {
    expect(decided(["f", "m", "f"]).reading).toEqual({ as: "category" });
    expect(decided(["no", "se", "dk"]).reading).toEqual({ as: "category" });
    expect(decided(["n", "n", "n"], { role: "target" }).reading).toEqual({ as: "category" });
  });

  test("as numbers, when the user says so", () => {
    const found = decided(["True", "FALSE", "true", "n/a"], { as: "number" });
    expect(found.values).toEqual([1, 0, 1, Number.NaN]);
    expect(found.reading).toEqual({ as: "number", binary: true, missing: ["n/a"] });
  });

  test("as the user says, with faults", () => {
    expect(decided(["0", "1", "maybe"], { as: "boolean" }).faults).toEqual([{ text: "maybe", count: 1, row: 2 }]);
    expect(decided(["0", "1", "yes"], { as: "boolean" }).values).toEqual(["0", "yes", "yes"]);
  });
});

describe("names", () => {
  test("words for gaps are names where they are frequent, and gaps where they are rare", () => {
    const rare = decided([...repeated(["a", "b"], 10), "-", "NA"]);
    expect(rare.missingWords.map(({ text }) => text)).toEqual(["-", "NA"]);
    expect(decided(repeated(["a", "b", "-"], 10)).missing).toBe(0);
    expect(decided(["a", "b", "NaN", "NaN", "n/a"]).missing).toBe(3);
    expect(decided(repeated(["Na", "Cl", "Fe"], 20)).missing).toBe(0);
    expect(decided([...repeated(["a", "b"], 10), "NA"], { declared: "text" }).missing).toBe(0);
    expect(decided([...repeated(["a", "b"], 10), "NA"], { missing: [""] }).missing).toBe(0);
  });

  test.each(["-", "+", "NA", "null", "?", "None"])("a class called %s is one where it is frequent", (word) => {
    const found = decided(repeated(["x", word, "x"], 20), { role: "target", name: "y" });
    expect(found.missing).toBe(0);
    expect(found.distinct).toBe(2);
    if (word !== "+") expect(noticeOf(found, "data/word-class")).toContain(`--missing ${word === "?" ? '"?"' : word}`);
  });

  test("rows without a class are counted, and the option named", () => {
    const found = decided([...repeated(["x", "y"], 50), "?"], { role: "target" });
    expect(found.missing).toBe(1);
    expect(noticeOf(found, "data/missing-words")).toMatch(/1 row left out.*--missing ""$/);
  });

  test("levels that differ by case, blanks or a last dot are noticed, and merged when asked", () => {
    const cells = ["<=50K", "<=50K.", "Blue", "blue ", "BLUE", "blue", "new  york", "New York"];
    const found = decided(cells, { name: "c" });
    expect(noticeOf(found, "data/similar-levels")).toMatch(/--merge-case$/);
    const merged = decided(cells, { mergeCase: true });
    expect(merged.reading).toEqual({ as: "category", merged: true });
    expect(merged.values).toEqual(["<=50K", "<=50K", "blue", "blue", "blue", "blue", "new  york", "new  york"]);
  });

  test("rare classes are noticed in targets", () => {
    const cells = [...repeated(["x", "y"], 50), "z", "z"];
    expect(noticeOf(decided(cells, { role: "target" }), "data/rare-classes")).toContain('"z" (2 rows)');
    expect(decided(cells).codes).toEqual([]);
  });

  test("many levels are noticed", () => {
    const cells = repeated(
      Array.from({ length: 60 }, (_, i) => `town${String.fromCharCode(97 + (i % 26))}${i}`),
      3,
    );
    expect(noticeOf(decided(cells, { name: "town" }), "data/many-levels")).toContain("60 different names");
  });

  test("identifiers, texts, one value and nothing are left out with the option that takes them in", () => {
    const rows = Array.from({ length: 60 }, (_, i) => i);
    const cases: readonly (readonly [string, readonly string[], string, string])[] = [
      ["key", rows.map((i) => `ab-${(i * 7919) % 1000}-${i}`), "identifier", "--column key=category"],
      [
        "uuid",
        rows.map((i) => `550e8400-e29b-41d4-a716-4466554400${String(i).padStart(2, "0")}`),
        "identifier",
        "--column uuid=category",
      ],
      ["id", rows.map((i) => String(i + 1)), "identifier", "--column id=number"],
      [
        "customer_id",
        rows.map((i) => String(100_000 + ((i * 7919) % 900_000))),
        "identifier",
        "--column customer_id=category",
      ],
      ["note", rows.map((i) => `${word(i)} ${word(i + 500)}`), "text", "--column note=text"],
      ["same", rows.map(() => "k"), "constant", "--column same=category"],
      ["five", rows.map(() => "5"), "constant", "--column five=number"],
      ["gone", rows.map(() => ""), "empty", "--column gone=category"],
    ];
    for (const [name, cells, reason, option] of cases) {
      const found = decided(cells, { name });
      expect(found.leftOut, name).toEqual({ reason, option });
      expect(noticeOf(found, `data/${reason}`), name).toContain(option);
      const as = (["number", "text"] as const).find((kind) => option.endsWith(kind)) ?? "category";
      expect(decided(cells, { name, as }).leftOut, name).toBeUndefined();
    }
    expect(noticeOf(decided(cases[4]?.[1] ?? [], { name: "note" }), "data/text")).not.toContain("own value");
  });

  test("numbers are no identifiers, but for a count of the rows", () => {
    const rows = Array.from({ length: 60 }, (_, i) => i);
    expect(decided(rows, { name: "x" }).leftOut).toBeUndefined();
    expect(
      decided(
        rows.map((i) => String(i * 1.37)),
        { name: "x" },
      ).leftOut,
    ).toBeUndefined();
    expect(
      decided(
        rows.map((i) => String(i + 1)),
        { name: "height" },
      ).leftOut,
    ).toBeUndefined();
    expect(
      decided(
        rows.map((i) => String(i + 1)),
        { name: "id", role: "target" },
      ).leftOut,
    ).toBeUndefined();
  });

  test("a name that a shell would take apart is quoted", () => {
    expect(noticeOf(decided(["10115", "20095"], { name: "zip code" }), "data/codes")).toContain(
      '--column "zip code=number"',
    );
  });

  test("what the user leaves out", () => {
    expect(decided(["1", "2"], { as: "ignore" }).leftOut).toMatchObject({ reason: "ignored" });
  });

  const sayings = Array.from(
    { length: 60 },
    (_, i) => `the ${i % 7} old ${["oak", "elm", "ash"][i % 3]} of number ${i}`,
  );

  test("texts whose words repeat are inputs, and what is learned from them is said", () => {
    const found = decided(sayings, { name: "note" });
    expect(found.reading).toEqual({ as: "text" });
    expect(found.leftOut).toBeUndefined();
    expect(found.levels).toBeUndefined();
    expect(noticeOf(found, "data/words")).toContain("--column note=ignore");
    expect(decided(sayings, { name: "note", role: "target" }).reading.as).toBe("category");
    expect(decided(sayings, { name: "note", as: "category" }).reading.as).toBe("category");
  });

  test("missing texts are missing, also where the user says that they are texts", () => {
    const cells = sayings.map((text, i) => (i % 10 === 0 ? "" : i % 10 === 1 ? "none given" : text));
    for (const as of [undefined, "text"] as const) {
      const found = decided(cells, { name: "note", missing: ["none given"], ...(as === undefined ? {} : { as }) });
      expect(found.missing).toBe(12);
      expect(found.reading).toEqual({ as: "text", missing: ["none given"] });
    }
  });

  test("texts without spaces between words are texts", () => {
    const [first, second] = ["数据处理文件网络图像声音", "工具软件程序语言系统服务"];
    const cells = Array.from({ length: 60 }, (_, i) => `${first.slice(i % 11)}${second.slice(i % 7)}${i}号`);
    expect(decided(cells, { name: "描述" }).reading.as).toBe("text");
  });

  test("values that repeat as often as their words name kinds; addresses of machines and names of people are no texts", () => {
    const kinds = Array.from({ length: 300 }, (_, i) => `plan ${i % 60} of the ${["north", "south"][i % 2]} office`);
    expect(decided(kinds, { name: "plan" }).reading.as).toBe("category");
    const rare = Array.from({ length: 300 }, (_, i) => `plan ${i % 100} of the ${["north", "south"][i % 3]} office`);
    expect(decided(rare, { name: "plan" }).reading.as).toBe("text");
    const hosts = Array.from({ length: 60 }, (_, i) => `10.0.${i % 7}.${i}`);
    expect(decided(hosts, { name: "host" }).leftOut?.reason).toBeDefined();
    const people = Array.from({ length: 60 }, (_, i) => `${["Ann", "Bo", "Cy"][i % 3]} ${word(i)}`);
    expect(decided(people, { name: "person" }).leftOut?.reason).toBe("text");
  });
});
