import { describe, expect, test } from "vitest";
import { preparedInputs } from "../../src/data/apply-preparation.ts";
import { textInputs } from "../../src/data/fill-features.ts";
import { featureNames, type Preparation, textFeatures, wantedColumns } from "../../src/data/preparation.ts";
import { type PrepareOptions, prepare } from "../../src/data/prepare.ts";
import { fitSource } from "../../src/data/prepare-source.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import { categoryColumn, numberColumn, type Table, table, takeTable, textColumn } from "../../src/data/table.ts";
import type { TextPreparation } from "../../src/data/text-preparation.ts";
import { textPieces, textWords } from "../../src/data/text-tokens.ts";
import { thrown } from "./thrown.ts";

const sayings = ["The old oak", "the old elm", "The OLD, old ash!", null, "  ", "oak and elm", "the old oak"];

function tableOf(texts: readonly (string | null)[]): Table {
  const numbers = Float64Array.from(texts, (_, row) => row);
  return table([textColumn("note", texts), numberColumn("n", numbers)], numberColumn("y", numbers));
}

function fitted(texts: readonly (string | null)[], options: PrepareOptions = {}): Preparation {
  return prepare.fit(tableOf(texts), options);
}

function textsOf({ columns }: Preparation): TextPreparation {
  const [first] = columns;
  if (first?.kind === "text") return first;
  throw new Error(`expected texts, found ${first?.kind}`);
}

/** What the pieces of a text weigh, by code. */
function weights(preparation: TextPreparation, text: string | null): ReadonlyMap<number, number> {
  const { data } = textInputs(preparation, textColumn("note", [text]));
  const { length } = preparation;
  return new Map(
    Array.from(data.subarray(0, length), (code, i) => [code, data[length + i] ?? 0] as const).filter(
      ([code]) => code > 0,
    ),
  );
}

describe("the pieces of a text", () => {
  test("case, ways to write a character and blanks do not count", () => {
    expect(textPieces("  Crème\tBRÛLÉE ")).toEqual(textPieces("cre\u0300me bru\u0302le\u0301e"));
    expect(textPieces("ＮＡＢＬＡ")).toEqual(textPieces("nabla"));
    expect(textPieces("ab")).not.toEqual(textPieces("ba"));
    expect(textPieces("old oak")).not.toEqual(textPieces("oak old"));
  });

  test("words, pairs of neighbors and runs of 3 to 5 characters with the ends of words", () => {
    const { words, characters } = textPieces("red fox. red fox");
    // red, fox and the mark; the pair, which no mark divides
    expect([...words.values()].toSorted()).toEqual([1, 2, 2, 2]);
    // <re red ed> <red red> <red>, and those of fox, twice each
    expect([...characters.values()]).toEqual(Array.from({ length: 12 }, () => 2));
  });

  test("languages without spaces between words are known by runs of 1 to 3 characters", () => {
    const { words, characters } = textPieces("数据处理");
    expect(words.size).toBe(0);
    expect(characters.size).toBe(4 + 3 + 2);
    expect(textWords("数据 file 处理!")).toEqual(["数", "据", "file", "处", "理"]);
    expect(textPieces("😀 ok").words.size).toBe(2);
  });
});

describe("a column of texts", () => {
  test("pieces of two texts or more are codes, with the weights of TF-IDF", () => {
    const preparation = textsOf(fitted(sayings));
    expect(preparation.texts).toBe(5);
    const [old] = textPieces("old").words.keys();
    const place = preparation.pieces.indexOf(old ?? -1);
    expect(preparation.counts[place]).toBe(4);
    const found = weights(preparation, "old old unseen");
    // the word alone among words: half of the length, whatever its rarity
    expect(found.get(place + 1)).toBeCloseTo(Math.SQRT1_2, 6);
    const square = [...weights(preparation, "The old oak").values()].reduce((sum, weight) => sum + weight ** 2, 0);
    expect(square).toBeCloseTo(1, 6);
    const both = weights(preparation, "old oak oak");
    const [oak] = textPieces("oak").words.keys();
    const rarity = (count: number): number => 1 + Math.log((1 + 5) / (1 + count));
    const counted = preparation.counts[preparation.pieces.indexOf(oak ?? -1)] ?? 0;
    expect((both.get(preparation.pieces.indexOf(oak ?? -1) + 1) ?? 0) / (both.get(place + 1) ?? 0)).toBeCloseTo(
      ((1 + Math.log(2)) * rarity(counted)) / rarity(4),
      5,
    );
  });

  test("nothing comes of a missing text and of one that has nothing in common with training", () => {
    const preparation = fitted(sayings);
    const { length } = textsOf(preparation);
    for (const text of [null, "", "   ", "xyzzy", "数据"]) expect([...weights(textsOf(preparation), text)]).toEqual([]);
    const rows = table([textColumn("note", ["xyzzy"]), numberColumn("n", [3])]);
    const inputs = preparedInputs(preparation, rows);
    expect(inputs.shape).toEqual([1, 2 * length + 1]);
    expect(inputs.data.subarray(0, 2 * length).every((value) => value === 0)).toBe(true);
  });

  test("its places among the inputs have names", () => {
    const preparation = fitted(sayings);
    const { length, pieces } = textsOf(preparation);
    const names = featureNames(preparation);
    expect(names).toHaveLength(2 * length + 1);
    expect([names[0], names[length], names.at(-1)]).toEqual(["note piece 1", "note weight 1", "n"]);
    expect(textFeatures(preparation)).toEqual([
      { name: "note", from: 0, length, count: pieces.length, ordered: false },
    ]);
    expect(wantedColumns(preparation)[0]).toEqual({ name: "note", kind: "category", reading: { as: "text" } });
  });

  test("a stream gives what the whole table does", async () => {
    const whole = tableOf(sayings);
    const chunks = async function* (): AsyncGenerator<Table> {
      for (const rows of [
        [0, 1],
        [2, 3, 4],
        [5, 6],
      ])
        yield takeTable(whole, rows);
    };
    expect(await fitSource({ [Symbol.asyncIterator]: chunks })).toEqual(prepare.fit(whole));
  });

  test("the most frequent pieces stay where there are too many, and the heaviest of a long text", () => {
    const all = textsOf(fitted(sayings));
    const few = textsOf(fitted(sayings, { textPieces: 3 }));
    expect(few.pieces).toHaveLength(3);
    expect(Math.min(...few.counts)).toBeGreaterThanOrEqual(all.counts.toSorted((a, b) => b - a)[2] ?? Number.NaN);
    expect(thrown(() => fitted(sayings, { textPieces: 0 })).code).toBe("options/range");
    const short = { ...all, length: 2 };
    const kept = [...weights(short, "the old oak").values()];
    const every = [...weights(all, "the old oak").values()].toSorted((a, b) => b - a);
    expect(kept).toHaveLength(2);
    expect(kept[0]).toBeCloseTo(every[0] ?? Number.NaN, 6);
    expect(kept[1]).toBeCloseTo(every[1] ?? Number.NaN, 6);
  });

  test("texts that have nothing in common teach nothing", () => {
    expect(fitted(["one two", "three four"]).columns[0]).toMatchObject({ kind: "constant", name: "note" });
  });

  test("a preparation is read back, and every damage named", () => {
    const preparation = fitted(sayings);
    const json = JSON.parse(JSON.stringify(preparation));
    expect(preparationFrom(json)).toEqual(preparation);
    const damages: readonly (readonly [string, unknown])[] = [
      ["length", 0],
      ["texts", 1.5],
      ["pieces", [3, 2]],
      ["pieces", []],
      ["pieces", [2 ** 20]],
      ["counts", [1]],
      ["counts", textsOf(preparation).counts.map(() => 99)],
    ];
    for (const [name, value] of damages) {
      const [first, ...others] = json.columns;
      const error = thrown(() => preparationFrom({ ...json, columns: [{ ...first, [name]: value }, ...others] }));
      expect(error.code, name).toBe("model/damaged");
    }
  });

  test("names where training saw texts are taken as texts, and numbers refused", () => {
    const preparation = fitted(sayings);
    const names = table([categoryColumn("note", ["the old oak"]), numberColumn("n", [6])]);
    const texts = table([textColumn("note", ["the old oak"]), numberColumn("n", [6])]);
    expect(preparedInputs(preparation, names)).toEqual(preparedInputs(preparation, texts));
    const numbers = table([numberColumn("note", [1]), numberColumn("n", [6])]);
    const error = thrown(() => preparedInputs(preparation, numbers));
    expect(error.code).toBe("data/column-kind");
    expect(error.message).toContain("trained on texts");
  });
});
