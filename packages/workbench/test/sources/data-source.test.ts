import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { holdsParts } from "../../src/sources/data-folder.ts";
import { hashData, openData } from "../../src/sources/data-source.ts";
import { hashFile } from "../../src/sources/file-bytes.ts";
import { rejected } from "./files.ts";
import { chunked, opened } from "./open-data.ts";
import { zipOf } from "./zip-of.ts";

const table = "a,b\n1,2\n";
const folder = mkdtempSync(join(tmpdir(), "nabla-sources-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(folder, ...names);

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), content);
  return at(name);
}

beforeAll(async () => {
  for (const name of ["parts/part-2.csv", "parts/part-10.csv", "parts/part-1.csv"]) await write(name, `${name}\n`);
  for (const name of ["parts/_SUCCESS", "parts/.part-1.csv.crc", "parts/README.md"]) await write(name, "");
  await write("parts/deep/er/part-3.csv", "deep\n");
});

const names = (data: { readonly parts: readonly { readonly name: string }[] }): readonly string[] =>
  data.parts.map(({ name }) => name);

test("a plain file is itself", async () => {
  const path = await write("plain.csv", table);
  expect(await opened(path)).toEqual({
    name: "plain.csv",
    parts: [{ name: "plain.csv", format: "csv", text: table }],
    notices: [],
  });
  await using source = await openData(path);
  expect(source.parts).toMatchObject([{ path, size: table.length }]);
  expect(await hashData(source)).toBe(await hashFile(path));
});

test("content decides, whatever the name says, and is said where they differ", async () => {
  const cases: readonly (readonly [name: string, content: string | Uint8Array, format: string, notice?: string])[] = [
    ["gz.csv.gz", gzipSync(table), "csv"],
    ["zst.tsv.zst", zstdCompressSync(table), "csv"],
    ["twice.csv.gz.gz", gzipSync(gzipSync(table)), "csv"],
    ["gz.csv", gzipSync(table), "csv", "gz.csv: compressed (gzip), and is unpacked"],
    ["plain.csv.gz", table, "csv", "plain.csv.gz: not compressed, whatever its name says"],
    ["parquet.csv", "PAR1....PAR1", "parquet", "parquet.csv: a Parquet file, and is read as one"],
    ["inside.parquet.gz", gzipSync("PAR1....PAR1"), "parquet"],
    ["lines.csv", '{"a": 1}\n{"a": 2}\n', "json-lines", "lines.csv: holds JSON lines, and is read as such"],
    ["list.jsonl", '[{"a": 1}, {"a": 2}]', "json"],
    ["lines.json", '{"a": 1}\n{"a": 2}\n', "json-lines"],
    ["columns.json", '{"a": {"0": 1}}', "json"],
    ["one.jsonl", '{"a": 1}\n', "json-lines"],
    ["old.xls", "a\tb\n1\t2\n", "csv", "old.xls: holds CSV, and is read as such"],
    ["nothing", table, "csv"],
    ["iris.data", "5.1,setosa\n", "csv"],
    ["notes.txt", "a b\n1 2\n", "csv"],
    ["table.tab", "a\tb\n", "csv"],
    ["wide.csv", Buffer.from("\ufeffa,b\n1,2\n", "utf16le"), "csv"],
  ];
  for (const [name, content, format, notice] of cases) {
    const found = await opened(await write(name, content));
    expect([found.name, found.parts.map((part) => part.format), found.notices]).toEqual([
      name,
      [format],
      notice === undefined ? [] : [notice],
    ]);
  }
  expect((await opened(at("twice.csv.gz.gz"))).parts[0]?.text).toBe(table);
});

test("what is no table is named, with what to do", async () => {
  const cases: readonly (readonly [name: string, content: string | Uint8Array, code: string, message: string])[] = [
    ["empty.csv", "", "data/empty", "empty.csv is empty"],
    ["empty.csv.gz", gzipSync(""), "data/empty", "empty.csv.gz is empty"],
    ["page.csv", "<!doctype html>", "data/binary", "page.csv is a web page (HTML)"],
    ["page.csv.gz", gzipSync("<html>"), "data/binary", "page.csv.gz is a web page (HTML)"],
    ["x.csv", Buffer.from("fd377a585a0000", "hex"), "data/binary", "x.csv is compressed with xz"],
    ["a.tar.gz", gzipSync(`${"a".padEnd(257, "\0")}ustar\0`), "data/binary", "a.tar.gz is a tar archive"],
    [
      "a.docx",
      zipOf({ "[Content_Types].xml": "", "word/document.xml": "" }),
      "data/binary",
      "a.docx is a Word document",
    ],
    ["a.ods", zipOf({ mimetype: "", "content.xml": "" }), "data/binary", "a.ods is an OpenDocument file (.ods)"],
    [
      "a.foo",
      table,
      "data/format",
      'a.foo: data files end in .csv, .tsv, .txt, .parquet, .json, .jsonl, .ndjson, .arrow, .npz, .npy or .xlsx, this one in ".foo"',
    ],
  ];
  for (const [name, content, code, message] of cases) {
    const error = await rejected(opened(await write(name, content)));
    expect([error.code, error.message]).toEqual([code, message]);
    expect(error.hint).toBeTruthy();
  }
  expect((await rejected(opened(at("x.csv")))).hint).toBe("unxz x.csv");
});

test("a stated format settles an ending that is not known, and never denies what the content is", async () => {
  expect((await opened(await write("odd.foo", table), { format: "csv" })).parts[0]?.format).toBe("csv");
  expect((await rejected(opened(at("odd.foo"), { format: "parquet" }))).message).toBe(
    "odd.foo is text, not a Parquet file",
  );
  const parquet = await write("odd.parquet", "PAR1");
  expect((await rejected(opened(parquet, { format: "csv" }))).message).toBe("odd.parquet is a Parquet file, not CSV");
});

test("a folder, a pattern and a list are parts in a stated order", async () => {
  const order = ["part-1.csv", "part-2.csv", "part-10.csv"];
  const whole = await opened(at("parts"));
  expect(names(whole)).toEqual(order);
  expect(whole.name).toBe("parts");
  expect(whole.parts.map(({ text }) => text)).toEqual(order.map((name) => `parts/${name}\n`));
  expect(whole.notices).toEqual([
    "parts: left out .part-1.csv.crc, README.md, _SUCCESS and deep",
    "3 files, read one after another: part-1.csv, part-2.csv and part-10.csv",
  ]);
  expect(names(await opened(at("parts/*.csv")))).toEqual(order);
  expect(names(await opened(at("parts/**/part-?.csv")))).toEqual(
    ["deep/er/part-3.csv", "part-1.csv", "part-2.csv"].map((name) => name.split("/").at(-1)),
  );
  expect(names(await opened(at("parts/part-{10,2}.csv")))).toEqual(["part-2.csv", "part-10.csv"]);
  expect(names(await opened(at("parts/part-[!1]*.csv")))).toEqual(["part-2.csv"]);
  expect(names(await opened(["part-10.csv", "part-1.csv"].map((name) => at("parts", name))))).toEqual([
    "part-10.csv",
    "part-1.csv",
  ]);
});

test("a file named twice is read once, and files of one name are told apart by their folders", async () => {
  const found = await opened([at("parts/part-1.csv"), at("parts/*.csv")]);
  expect(names(found)).toEqual(["part-1.csv", "part-2.csv", "part-10.csv"]);
  expect(found.notices[0]).toBe("1 file named more than once, taken once");
  const alike = [await write("y/2023/all.csv", table), await write("y/2024/all.csv", table)];
  expect(names(await opened(alike))).toEqual(["2023/all.csv", "2024/all.csv"]);
});

test("a file whose name looks like a pattern is that file", async () => {
  const path = await write("data [1]*.csv", "it\n");
  await write("data 1.csv", "another\n");
  expect((await opened(path)).parts).toEqual([{ name: "data [1]*.csv", format: "csv", text: "it\n" }]);
});

test("parts that are empty are left out, and parts of several formats refused", async () => {
  const some = [await write("m/a.csv", table), await write("m/b.csv", "")];
  expect((await opened(some)).notices.at(-1)).toBe("left out, since they are empty: b.csv");
  await write("m/c.jsonl", "{}\n");
  expect(await rejected(opened(at("m")))).toMatchObject({
    code: "data/format",
    message: "m holds data files of several formats: 2 CSV and 1 JSON lines",
  });
  expect((await rejected(opened([at("m/a.csv"), at("m/c.jsonl")]))).message).toBe(
    "the parts of a table are of one format, and a.csv is CSV, c.jsonl JSON lines",
  );
});

test("what is not there is named beside what is", async () => {
  expect(await rejected(opened(at("parts/part-11.csv")))).toMatchObject({
    code: "files/missing",
    hint: expect.stringContaining("part-10.csv"),
  });
  expect((await rejected(opened(at("nowhere/a.csv")))).hint).toBe(`there is no folder ${at("nowhere")}`);
  expect(await rejected(opened(at("parts/*.tsv")))).toMatchObject({
    code: "files/missing",
    message: `no file matches ${at("parts/*.tsv")}`,
    hint: expect.stringContaining("part-1.csv"),
  });
  expect((await rejected(opened([]))).code).toBe("data/no-data");
  expect((await rejected(opened("/dev/null"))).code).toBe("files/not-a-file");
  await write("hive/year=2024/part-0.parquet", "PAR1");
  expect(await rejected(opened(at("hive")))).toMatchObject({
    message: "hive holds no data files, 0 other files and 1 folder",
    hint: `its folders do: name their files by '${at("hive")}/**/*.parquet'`,
  });
  await write("pets/cat/1.png", "");
  expect(await rejected(opened(at("pets")))).toMatchObject({
    message: "pets holds folders of images, which are no tables",
    hint: `nabla train ${at("pets")} trains on them`,
  });
  expect((await rejected(opened(" s3://key:s3cret@bucket/a.csv"))).message).toBe(
    "addresses of data begin with http: or https:, this one with s3:",
  );
  expect((await opened(pathToFileURL(at("parts/part-1.csv")).href)).name).toBe("part-1.csv");
  await mkdir(at("bare"));
  expect((await rejected(opened(at("bare")))).message).toBe("bare is an empty folder");
});

test("folders of parts are told from folders of images", async () => {
  for (const name of [
    "i/cat/1.png",
    "i/dog/1.jpg",
    "i/labels.csv",
    "flat/a.png",
    "flat/a.csv",
    "mnist/train-images-idx3-ubyte.gz",
  ])
    await write(name, "");
  expect(await Promise.all(["i", "flat", "mnist", "bare", "nowhere"].map((name) => holdsParts(at(name))))).toEqual(
    Array(5).fill(false),
  );
  for (const name of ["spark/part-00000", "m/a.csv"]) await write(name, table);
  expect(await Promise.all(["parts", "spark", "m"].map((name) => holdsParts(at(name))))).toEqual([true, true, true]);
  expect((await opened(at("spark"))).parts[0]?.format).toBe("csv");
});

test("texts beside the data are left out, and are the data where there is nothing else", async () => {
  await write("beside/notes.txt", "hello\n");
  expect(names(await opened(at("beside")))).toEqual(["notes.txt"]);
  await write("beside/a.csv", table);
  expect(await opened(at("beside"))).toMatchObject({ name: "a.csv", notices: ["beside: left out notes.txt"] });
});

test("`**` follows no links in a ring", async () => {
  await write("ring/a.csv", table);
  await symlink(at("ring"), at("ring/again"));
  expect(names(await opened(at("ring/**/*.csv")))).toEqual(["a.csv"]);
});

test("standard input is kept while it is read, and gone after", async () => {
  const kept = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("nabla-data-"));
  const before = await kept();
  const input = (content: Uint8Array) => ({ input: chunked(content, 3) });
  expect(await opened("-", input(Buffer.from(table)))).toMatchObject({
    name: "standard input",
    parts: [{ format: "csv", text: table }],
  });
  expect((await opened("-", input(gzipSync('[{"a": 1}]')))).parts[0]?.format).toBe("json");
  expect((await opened("-", input(zipOf({ "a.csv": table })))).parts[0]?.name).toBe("standard input/a.csv");
  expect((await rejected(opened("-", input(Buffer.alloc(0))))).message).toBe("standard input is empty");
  const keyboard = Object.assign(chunked(Buffer.from(table), 1), { isTTY: true });
  expect((await rejected(opened("-", { input: keyboard }))).message).toBe("standard input is the keyboard");
  expect(await kept()).toEqual(before);
});

test("hashes of several files change with a name, a byte and their order", async () => {
  const hash = async (...data: readonly string[]): Promise<string> => {
    await using source = await openData(data);
    return await hashData(source);
  };
  const [one, two] = [await write("h/1.csv", table), await write("h/2.csv", "a,b\n3,4\n")];
  const first = await hash(one, two);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await hash(at("h"))).toBe(first);
  const others = [await hash(two, one)];
  await write("h/2.csv", "a,b\n3,5\n");
  others.push(await hash(one, two));
  await rm(two);
  others.push(await hash(one, await write("h/3.csv", "a,b\n3,4\n")));
  expect(new Set([first, ...others]).size).toBe(4);
});

test("addresses are fetched, and their passwords sent but never said", async () => {
  const web = createServer((request, response) => {
    const right = request.headers.authorization === `Basic ${Buffer.from("ann:s3cret/").toString("base64")}`;
    response.writeHead(right ? 200 : 401).end(gzipSync(table));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void web.close());
  await new Promise((resolve) => web.once("listening", resolve));
  const { port } = web.address() as { port: number };
  const cache = at("cache");
  const found = await opened(`http://ann:s3cret%2F@127.0.0.1:${port}/download?token=t0ken`, { cache });
  expect(found).toEqual({ name: "download", parts: [{ name: "download", format: "csv", text: table }], notices: [] });
  const error = await rejected(opened(`http://ann:wr0ng@127.0.0.1:${port}/download?token=t0ken`, { cache }));
  expect(error.message).toBe(`cannot fetch http://127.0.0.1:${port}/download: the server answers 401 Unauthorized`);
  expect((await rejected(opened("https://ann:s3cret@:99999/", { cache }))).message).toBe(
    "the address of the data cannot be read",
  );
});

test("zip archives hold one data file, or several of one format", async () => {
  const one = await write("one.zip", zipOf({ "in/a.csv": table, "in/README.md": "x", "__MACOSX/in/._a.csv": "x" }));
  expect(await opened(one)).toEqual({
    name: "one.zip",
    parts: [{ name: "one.zip/in/a.csv", format: "csv", text: table }],
    notices: ["one.zip: left out in/README.md"],
  });
  const two = await write(
    "two.zip",
    zipOf({ "2.csv": { content: table, method: 0 }, "1.csv.gz": gzipSync(table) }, { wide: true }),
  );
  const found = await opened(two);
  expect(found.parts.map(({ name, text }) => [name, text])).toEqual([
    ["two.zip/2.csv", table],
    ["two.zip/1.csv.gz", table],
  ]);
  expect(found.notices).toEqual(["two.zip: 2 files, read one after another: 2.csv and 1.csv.gz"]);
  expect(names(await opened(await write("nested.zip", zipOf({ "in.zip": zipOf({ "a.csv": table }) }))))).toEqual([
    "nested.zip/in.zip/a.csv",
  ]);
  expect(names(await opened(await write("zip.csv", zipOf({ noend: table }))))).toEqual(["zip.csv/noend"]);
});

test("zip archives as other programs write them", async () => {
  // as `zip -` does: a table of contents of 64 bits beside a short one that is whole
  const piped = zipOf({ "-": table }, { wide: "beside" });
  expect((await opened(await write("piped.zip", piped))).parts).toMatchObject([{ name: "piped.zip/-", text: table }]);
  const moved = Buffer.concat([Buffer.from("PK\x03\x04 a program of its own"), zipOf({ "a.csv": table })]);
  expect((await opened(await write("moved.zip", moved))).parts).toMatchObject([
    { name: "moved.zip/a.csv", text: table },
  ]);
  const commented = Buffer.from(zipOf({ "a.csv": table }));
  commented.writeUInt16LE(5, commented.length - 2);
  const comment = Buffer.concat([commented, Buffer.from("hello")]);
  expect((await opened(await write("comment.zip", comment))).parts).toMatchObject([{ text: table }]);
});

test("zip archives that cannot be read say why", async () => {
  const whole = zipOf({ "a.csv": table.repeat(50) });
  const wrong = Buffer.from(whole);
  wrong[14] = (wrong[14] ?? 0) ^ 1;
  const central = wrong.lastIndexOf("PK\x01\x02", undefined, "latin1");
  wrong[central + 16] = (wrong[central + 16] ?? 0) ^ 1;
  const deep = [1, 2, 3, 4].reduce((inner) => zipOf({ "in.zip": inner }), zipOf({ "a.csv": table }));
  const cases: readonly (readonly [content: Uint8Array, code: string, message: RegExp])[] = [
    [zipOf({ "a.csv": { content: table, encrypted: true } }), "data/encrypted", /^z\.zip\/a\.csv is encrypted$/],
    [zipOf({ "a.csv": { content: table, method: 9 } }), "data/format", /^z\.zip\/a\.csv is packed by method 9/],
    [zipOf({ "a.csv": table, "b.json": "[]" }), "data/format", /z\.zip\/a\.csv is CSV, z\.zip\/b\.json JSON$/],
    [zipOf({ "a.md": "x", "b.py": "y" }), "data/no-data", /^z\.zip holds no data file: it holds a\.md and b\.py$/],
    [zipOf({}), "data/no-data", /^z\.zip holds no data file: it is empty$/],
    [whole.subarray(0, -8), "data/damaged", /^z\.zip: the zip file is cut off/],
    [whole.subarray(0, 60), "data/damaged", /^z\.zip: the zip file is cut off/],
    [wrong, "data/damaged", /^z\.zip\/a\.csv: the zip file is damaged: its checksum does not fit$/],
    [zipOf({ "a.csv": { content: table, size: 4 } }), "data/damaged", /^z\.zip\/a\.csv: the zip file is damaged/],
    [deep, "data/format", /is packed more than 3 times over$/],
  ];
  for (const [content, code, message] of cases) {
    const error = await rejected(opened(await write("z.zip", content)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  }
});

test("a zip that grows beyond the limit is stopped", async () => {
  const path = await write("bomb.zip", zipOf({ "a.csv": "0,".repeat(500_000) }));
  const error = await rejected(opened(path, { expansion: { times: 10, bytes: 1000 } }));
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.csv`, "0,".repeat(600)]));
  const several = await write("many.zip", zipOf(many));
  expect((await rejected(opened(several, { expansion: { times: 1, bytes: 20_000 } }))).code).toBe("data/expansion");
  expect((await opened(several, { expansion: { times: 1, bytes: 30_000 } })).parts).toHaveLength(20);
  expect(error).toMatchObject({ code: "data/expansion", message: expect.stringContaining("over 10 times") });
});
