/** A model that answers rows of programs, and files with columns of theirs kept, as one and the same. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import type { RowModel } from "nabla/answers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "../../src/runs/open-model.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-answers-"));
const heatings = ["gas", "oil", "NA", "coal"];
const lines = Array.from({ length: 60 }, (_, i) => {
  const code = String(i + 1).padStart(3, "0");
  const built = `${String(1 + (i % 28)).padStart(2, "0")}.0${1 + (i % 9)}.19${50 + (i % 40)}`;
  const area = i % 11 === 3 ? "" : `${40 + ((i * 7) % 90)},5`;
  return [code, `"House, ${i}"`, area, built, heatings[i % 4], i % 3 === 0 ? "yes" : "no", 1000 + 13 * i];
});
const header = "id,name,area,built,heating,garden";
const asked = lines.map((cells) => cells.slice(0, 6).join(";")).join("\n");
let model: RowModel;
let home = "";

beforeAll(async () => {
  await using store = await openStore(join(folder, "runs.db"));
  const path = join(folder, "houses.csv");
  const rows = lines.map((cells) => cells.join(";"));
  writeFileSync(path, `${`${header},price`.replaceAll(",", ";")}\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "asked.csv"), `${header.replaceAll(",", ";")}\n${asked}\n`);
  const plain = { hidden: [4], epochs: 3, members: 1, refit: "none", ignore: ["id", "name"] } as const;
  const { model: place = "" } = await drain(trainFile({ data: path, target: "price", ...plain }, { store, folder }));
  home = place;
  model = await openModel(home);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function predicted(keep?: readonly string[]): Promise<readonly (readonly (string | number)[])[]> {
  const { header: names, chunks } = await predictFile(await loadTrained(home), join(folder, "asked.csv"), {
    ...(keep === undefined ? {} : { keep }),
  });
  const rows: (readonly (string | number)[])[] = [names];
  for await (const chunk of chunks) rows.push(...chunk);
  return rows;
}

test("rows of a program are answered as those of a file, alone and among others", async () => {
  const names = header.split(",");
  const rows = lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
  const answers = await model.predict(rows);
  expect(answers.map(({ prediction }) => [prediction])).toEqual((await predicted()).slice(1));
  expect(new Set(answers.map(({ prediction }) => prediction)).size).toBeGreaterThan(50);
  const [row = {}] = rows;
  expect(await model.predict(row)).toEqual(answers[0]);
  // as a program has its values: a number, a date, a truth, null for what is missing
  const [day = 0, month = 0, year = 0] = String(row.built).split(".").map(Number);
  const typed = { area: Number(String(row.area).replace(",", ".")), built: new Date(Date.UTC(year, month - 1, day)) };
  expect(await model.predict({ ...typed, heating: "gas", garden: true })).toEqual(answers[0]);
  const empty = rows.findIndex(({ area }) => area === "");
  expect(await model.predict({ ...rows[empty], area: null })).toEqual(answers[empty]);
  expect(await model.predict([])).toEqual([]);
  // a level that training has never seen is said, of its own row alone
  const [steam, same] = await model.predict([{ ...row, heating: "steam" }, row]);
  expect(steam).toEqual({ prediction: expect.any(Number), unknown: { heating: "steam" } });
  expect(same).toEqual(answers[0]);
});

test.each([
  [{ aera: 1, built: "01.02.1960", heating: "gas", garden: "no" }, "data/missing-column", /"area"/],
  [{ area: "large", built: "01.02.1960", heating: "gas", garden: "no" }, "data/not-a-number", /column area.*"large"/],
  [{ area: 1, built: "1960-13-40", heating: "gas", garden: "no" }, "data/not-a-date", /column built.*"1960-13-40"/],
  [{ area: [1], built: null, heating: null, garden: null }, "data/not-a-cell", /column area.*a list/],
  [7, "predict/row", /a number/],
  [null, "predict/row", /null/],
  [[{ area: 1, built: null, heating: null, garden: null }, "x"], "predict/row", /row 1.*a string/],
])("%j is refused with a sentence", async (row, code, message) => {
  await expect(model.predict(row as never)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test("columns to keep stand before the predictions as they are written, inputs among them", async () => {
  const plain = await predicted();
  const [names, ...rows] = await predicted(["id", "name", "heating", "area"]);
  expect(names).toEqual(["id", "name", "heating", "area", "prediction"]);
  expect(rows.map((row) => row.slice(0, 4))).toEqual(
    lines.map((cells) => [cells[0], String(cells[1]).slice(1, -1), cells[4], cells[2]]),
  );
  expect(rows.map((row) => row.slice(4))).toEqual(plain.slice(1));
  await expect(predicted(["nmae"])).rejects.toMatchObject({ code: "data/missing-column", hint: /name/ });
});
