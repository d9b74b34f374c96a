import { describe, expect, it } from "vitest";
import { jsonChunks, readJson } from "../../src/reading/read-json.ts";
import { rowOfRecord } from "../../src/reading/row-numbers.ts";
import { rejected, sourceOf, tableOf } from "./written.ts";

const read = (content: string | Uint8Array, options: object = {}) =>
  readJson(sourceOf(content), { name: "data.json", ...options });
const TWO = { a: [1, 2], b: ["x", "y"] };

describe("layouts of JSON", () => {
  it.each([
    ["a list of objects", '[{"a":1,"b":"x"},{"a":2,"b":"y"}]'],
    ["a list with a byte order mark and blanks", '\ufeff [ {"a" : 1 , "b":"x"}\n,\t{"b":"y","a":2} ] \n'],
    ["one object a line", '{"a":1,"b":"x"}\r\n\n{"a":2,"b":"y"}'],
    ["objects over several lines", '{\n "a": 1,\n "b": "x"\n}\n{\n "a": 2,\n "b": "y"\n}\n'],
    ["pandas: columns", '{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}'],
    ["pandas: split", '{"columns":["a","b"],"index":[0,1],"data":[[1,"x"],[2,"y"]]}'],
    ["pandas: index", '{"0":{"a":1,"b":"x"},"1":{"a":2,"b":"y"}}'],
    [
      "pandas: table",
      '{"schema":{"fields":[{"name":"index"}],"primaryKey":["index"]},"data":[{"index":0,"a":1,"b":"x"},{"index":1,"a":2,"b":"y"}]}',
    ],
    ["columns as lists", '{"a":[1,2],"b":["x","y"]}'],
    ["a list of records under some key", '{"count":2,"rows":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"next":null}'],
    ["an answer of a web interface", '{"ok":true,"response":{"items":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"page":1}}'],
    ["lists with the names first", '[["a","b"],[1,"x"],[2,"y"]]'],
    ["lists a line with the names first", '["a","b"]\n[1,"x"]\n[2,"y"]\n'],
  ])("reads %s", async (_, content) => {
    for (const chunkBytes of [1, 7, 1000]) {
      const { columns, rows } = await readJson(sourceOf(content, chunkBytes), { name: "data.json", windowBytes: 1 });
      expect([rows, tableOf(columns)]).toEqual([2, TWO]);
    }
  });

  it("calls the columns of lists without names by their place, and one object a row", async () => {
    expect(tableOf((await read("[[1,2.5],[3,null]]")).columns)).toEqual({
      "column 1": [1, 3],
      "column 2": [2.5, null],
    });
    expect(tableOf((await read("[1,2]\n[3,4]\n")).columns)).toEqual({ "column 1": [1, 3], "column 2": [2, 4] });
    expect(tableOf((await read('{"a":1,"b":{"c":true}}')).columns)).toEqual({ a: [1], "b.c": ["true"] });
  });

  it("keeps labels of rows that are no numbers, and fills in cells that are not there", async () => {
    const { columns, rowNames } = await read('{"a":{"p":1,"q":2,"r":3},"b":{"q":"y"}}');
    expect([rowNames, tableOf(columns)]).toEqual([
      true,
      { "row names": ["p", "q", "r"], a: [1, 2, 3], b: [null, "y", null] },
    ]);
  });

  it("names the lists of a file that holds several", async () => {
    const error = await rejected(read('{"train":[{"a":1}],"test":[{"a":2}]}'));
    expect(error.message).toBe('data.json holds 2 lists of records: "train" and "test"');
  });
});

describe("values of JSON", () => {
  it("keeps numbers exact, digits beyond 2^53 as text, and takes what Python writes for missing", async () => {
    const { columns, notices } = await read(
      '[{"a":1.50},{"a":1e-05},{"a":9007199254740993},{"a":NaN},{"a":-Infinity},{"a":null},{},{"a":-0.25},{"a":1E3}]',
    );
    expect(tableOf(columns)).toEqual({ a: [1.5, 1e-5, "9007199254740993", null, null, null, null, -0.25, 1000] });
    expect(notices[0]?.message).toBe("column a: infinite values are read as missing");
    expect([...(columns[0]?.spellings ?? [])]).toEqual([
      [1.5, "1.50"],
      [1e-5, "1e-05"],
      [1000, "1E3"],
    ]);
  });

  it("says what the file declares", async () => {
    const { columns } = await read(
      '[{"n":1,"t":"1","b":true,"m":1,"e":null},{"n":2.5,"t":"01","b":false,"m":"x","e":null}]',
    );
    expect(columns.map(({ name, declared }) => [name, declared])).toEqual([
      ["n", "number"],
      ["t", "text"],
      ["b", "boolean"],
      ["m", undefined],
      ["e", undefined],
    ]);
    expect(tableOf(columns)).toEqual({ n: [1, 2.5], t: [1, "01"], b: ["true", "false"], m: [1, "x"], e: [null, null] });
  });

  it("reads escapes, takes the last of equal keys, and tells a key with a point from a key within", async () => {
    const { columns, notices } = await read(
      '[{"a":" \\u00e9\\n\\"\\ud83d\\ude00 ","a":"caf\\u00e9","x.y":1,"x":{"y":2}}]',
    );
    expect(tableOf(columns)).toEqual({ a: ["café"], "x.y": [1], "x.y (2)": [2] });
    expect(notices[0]?.code).toBe("data/duplicate-column");
  });

  it("flattens objects, and lists of numbers of one length", async () => {
    const content =
      '[{"id":1,"address":{"city":"Bonn","geo":{"lat":50.7}},"e":[1,2.5],"m":[[1,2],[3,4]],"one":[7]},{"id":2,"address":null,"e":null,"m":[[5,6],[7,null]],"one":[8]}]';
    expect(tableOf((await read(content)).columns)).toEqual({
      id: [1, 2],
      "address.city": ["Bonn", null],
      "address.geo.lat": [50.7, null],
      "e[0]": [1, null],
      "e[1]": [2.5, null],
      "m[0][0]": [1, 5],
      "m[0][1]": [2, 6],
      "m[1][0]": [3, 7],
      "m[1][1]": [4, null],
      one: [7, 8],
    });
  });

  it("names lists that are no columns, with the reason and the row", async () => {
    const { columns, unreadable, notices } = await read(
      '{"a":1,"t":["x"],"l":[1],"o":[{"p":1}],"n":[["x"]]}\n\n{"a":2,"t":[],"l":[1,2],"o":[],"n":[]}\n',
    );
    expect(tableOf(columns)).toEqual({ a: [1, 2] });
    expect(unreadable).toEqual([
      { name: "t", reason: "lists of texts", row: 1 },
      { name: "l", reason: "lists of different lengths", row: 3 },
      { name: "o", reason: "lists of objects", row: 1 },
      { name: "n", reason: "lists of texts", row: 1 },
    ]);
    expect(notices[1]?.message).toBe("column l: lists of different lengths (row 3), which cannot be inputs; left out");
  });

  it("counts rows by lines, or by place in the list", async () => {
    const lines = await read('\n{"a":1}\n\n{"a":\n2}\n{"a":3}');
    expect([0, 1, 2].map((record) => rowOfRecord(lines.rowNumbers, record))).toEqual([2, 4, 6]);
    const list = await read('[{"a":1},\n\n{"a":2}]');
    expect([0, 1].map((record) => rowOfRecord(list.rowNumbers, record))).toEqual([1, 2]);
  });

  it("refuses keys that are values, before they fill the memory", async () => {
    const error = await rejected(read(Array.from({ length: 20_000 }, (_, i) => `{"id":${i},"key ${i}":1}\n`).join("")));
    expect([error.code, error.message.slice(0, 14)]).toEqual(["data/many-keys", "data.json has "]);
  });

  it("takes time linear in keys and rows", async () => {
    // reading with the square of either would run into the limit of time
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i]));
    expect((await read(JSON.stringify([wide, wide, wide, wide, wide]))).columns.length).toBe(20_000);
    const late = Array.from({ length: 3000 }, (_, i) => ({ a: i, [`only in ${i % 300}`]: 1 }));
    const { columns, rows } = await read(JSON.stringify(late));
    expect([columns.length, rows]).toEqual([301, 3000]);
  });
});

describe("chunks of JSON", () => {
  it.each([1, 3, 10])("of %i rows are the whole table", async (rowsPerChunk) => {
    const objects = Array.from({ length: 10 }, (_, i) => (i % 4 === 3 ? { b: `t${i}` } : { a: i, b: "x" }));
    for (const content of [JSON.stringify(objects), objects.map((one) => JSON.stringify(one)).join("\n")]) {
      const found = [];
      let before = 0;
      for await (const chunk of jsonChunks(sourceOf(content, 5), { name: "data.json", rowsPerChunk, windowBytes: 1 })) {
        expect(chunk.before).toBe(before);
        before += chunk.rows;
        const { a = [], b = [] } = tableOf(chunk.columns);
        for (let i = 0; i < chunk.rows; i++) found.push({ a: a[i] ?? null, b: b[i] ?? null });
      }
      expect(found).toEqual(objects.map(({ a = null, b }) => ({ a, b })));
    }
  });
});

describe("bad JSON files", () => {
  it.each([
    ["", "data/empty", "bad.json is empty"],
    [" \n", "data/empty", "bad.json holds only blank lines"],
    ["[]", "data/no-rows", "bad.json has no rows"],
    ["{}", "data/no-rows", "bad.json has no rows"],
    ["[\n] ", "data/no-rows", "bad.json has no rows"],
    ['{"a":1}\n{"a":2\n{"a":3}\n', "data/json", 'bad.json, row 2: expected a JSON object, found {"a":2'],
    ["1\n2\n", "data/json", "bad.json, row 1: expected a JSON object, found 1"],
    ["[1,2,3]", "data/json", "bad.json, record 1: expected a JSON object, found 1,2,3]"],
    ['[{"a":1},[2]]', "data/json", "bad.json, record 2: expected an object as before, found [2]]"],
    ['[{"a":1},{"a" 2}]', "data/json", 'bad.json is not JSON: in record 2, expected ":" after a key, found 2}]'],
    ['{"a":1}\n{"a":', "data/json", 'bad.json, row 2: expected a JSON object, found {"a":'],
    [
      '{"a":1}\n{"a":2 "b":3}\n{"a":3}',
      "data/json",
      'bad.json, row 2: expected "," or "}" after a value, found "b":3}',
    ],
    ['[{"a":1},', "data/json", 'bad.json is not JSON: the list ends with [{"a":1}, instead of ]'],
    ['[{"a":1},{"b', "data/json", 'bad.json is not JSON: the list ends with [{"a":1},{"b instead of ]'],
    ['[{"a":1},]', "data/json", "bad.json, record 2: expected another record after the comma, found ]"],
    ['[{"a":1,}]', "data/json", "bad.json is not JSON: in record 1, expected something after the last comma, found }]"],
    ["[{'a':1}]", "data/json", "bad.json is not JSON: in record 1, expected a key in double quotes, found 'a':1}]"],
    ['[{"a":1} // one\n]', "data/json", 'bad.json, record 2: expected "," or "]" after a record, found // one'],
    ['[{"a":True}]', "data/json", "bad.json is not JSON: in record 1, expected a value, found True}]"],
    ['[{"a":01}]', "data/json", "bad.json is not JSON: in record 1, expected a number of JSON, found 01}]"],
    [
      '[{"a":"x\ny"}]',
      "data/json",
      'bad.json is not JSON: in record 1, expected a closing quote before the line ends, found "x',
    ],
    ['[{"a":1}] [', "data/json", "bad.json, record 2: expected nothing after the list, found ["],
    ["[[1,2],[3]]", "data/ragged", "bad.json, row 2: expected 2 values as in the rows before, found 1"],
    [`[{"a":${"[".repeat(1000)}`, "data/json", "bad.json is not JSON: in record 1, expected at most 64 levels"],
    ["<html></html>", "data/not-a-table", "bad.json is a web page (HTML), not JSON"],
  ])("says what is wrong with %j", async (content, code, message) => {
    const error = await rejected(readJson(sourceOf(content), { name: "bad.json" }));
    expect([error.code, error.message.slice(0, message.length)]).toEqual([code, message]);
    const inPieces = await rejected(readJson(sourceOf(content, 3), { name: "bad.json", windowBytes: 1 }));
    expect(inPieces.code).toBe(code);
  });

  it("names the row of text that is not UTF-8", async () => {
    const error = await rejected(
      read(Uint8Array.of(...Buffer.from('{"a":"x"}\n{"a":"'), 0xcf, 0xf0, 0xe8, ...Buffer.from('"}\n'))),
    );
    expect([error.code, error.message]).toEqual(["data/encoding", "data.json, row 2: the text is not UTF-8"]);
  });
});
