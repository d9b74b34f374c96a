import {
  adam,
  applyPreparation,
  chain,
  dense,
  fit,
  fitSource,
  type Job,
  moments,
  normal,
  prepare,
  relu,
  type Source,
  seedKey,
  softmaxCrossEntropy,
  table as tableOf,
  takeExamples,
} from "nabla";
import { describe, expect, it } from "vitest";
import { readTable } from "../../src/sources/read-table.ts";
import { rowFile } from "../../src/sources/row-file.ts";
import { scan } from "../../src/sources/scan.ts";
import { filesForTests, lines, rejected } from "./files.ts";

const write = filesForTests();
const noise = normal(seedKey(1), 4000);
const colors = ["red", "green", "blue", "black"];
const path = await write(
  "rows.csv",
  lines("a,b,color,same,y", 2000, (i) => {
    const [a = 0, b = 0] = noise.subarray(2 * i, 2 * i + 2);
    const missing = i % 50 === 7;
    return [1e6 + a, missing ? "" : b * 3, i % 90 === 4 ? "" : colors[(i * i) % 4], 5, a + b > 0 ? "yes" : "no"].join();
  }),
);
const columns = [
  { name: "a", kind: "number" },
  { name: "b", kind: "number" },
  { name: "color", kind: "category" },
] as const;
const source = await scan(path, { columns, targets: [{ name: "y", kind: "category" }], chunkRows: 300 });
const table = await readTable(path, { target: "y" });

describe("rows in a file", () => {
  it("G1 one pass over a stream learns the very preparation that the whole table gives", async () => {
    expect(await fitSource(source)).toEqual(prepare.fit(table));
    expect(await fitSource(source, { scaling: "minMax" })).toEqual(prepare.fit(table, { scaling: "minMax" }));
    expect((await fitSource(source, { levels: 2 })).columns[2]).toEqual(prepare.fit(table, { levels: 2 }).columns[2]);
    expect(await fitSource(source, { scaling: "smoothClip" })).toEqual(prepare.fit(table));
    expect(await fitSource(source, { scaling: "robust" })).toEqual(prepare.fit(table, { scaling: "robust" }));
    expect(moments([]).count).toBe(0);
  });

  it("J4 training from a file gives the same bits as training from memory", async () => {
    const preparation = await fitSource(source);
    const inMemory = applyPreparation(preparation, table);
    await using stored = await rowFile(source, preparation);
    expect(stored.rows).toBe(2000);
    expect(stored.classes).toEqual(["no", "yes"]);
    const some = Uint32Array.of(5, 6, 7, 1999, 0, 0, 3);
    expect(takeExamples(stored, some).inputs).toEqual(takeExamples(inMemory, some).inputs);
    const job: Omit<Job, "train"> = {
      model: chain(dense(6), relu(), dense(2)),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.02 }),
      batch: 64,
      epochs: 3,
      seed: 5,
    };
    const [a, b] = [await fit({ ...job, train: inMemory }), await fit({ ...job, train: stored })];
    expect(b.trained.weights).toEqual(a.trained.weights);
    expect(b.history.map(({ cost, train }) => [cost, train])).toEqual(
      a.history.map(({ cost, train }) => [cost, train]),
    );
    expect(b.train).toEqual(a.train);
    expect(a.train.error).toBeLessThan(0.1);
  });

  it("a stream without rows or target, or that changes its columns, is refused in a sentence", async () => {
    const none: Source = { [Symbol.asyncIterator]: async function* () {} };
    expect((await rejected(fitSource(none))).code).toBe("data/no-rows");
    expect((await rejected(rowFile(none, prepare.fit(table)))).code).toBe("data/no-rows");
    const mixed: Source = {
      [Symbol.asyncIterator]: async function* () {
        yield table;
        yield tableOf([...table.columns].reverse(), table.target);
      },
    };
    expect((await rejected(fitSource(mixed))).code).toBe("data/columns");
  });
});
