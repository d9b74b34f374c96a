/** The library in Chromium: the bits of Node, and a page that stays responsive. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { type Rolldown, build as vite } from "vite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startChromium } from "../../../web/test/chromium.ts";
import { writeParquet } from "../../../workbench/test/sources/as-people-write-them/parquet.ts";
import { oddPictures, pixelsByCommand } from "../../../workbench/test/sources/odd-pictures.ts";
import { rowModel } from "../../src/answers/index.ts";
import { writeModelFile } from "../../src/exchange/index.ts";
import type { ImageShape } from "../../src/images/index.ts";
import {
  adam,
  applyPreparation,
  categoryColumn,
  fit,
  network,
  numberColumn,
  prepare,
  squaredError,
  table,
} from "../../src/index.ts";
import { type ParquetLibrary, readTable } from "../../src/tables/index.ts";
import { hashOf } from "./pages/job.ts";

const EPOCHS = 20;
const digits = new URL("../../../../examples/data/digits.csv", import.meta.url);
const pages = fileURLToPath(new URL("./pages/", import.meta.url));

/** A training in the page's worker, with the longest task of the page meanwhile in milliseconds. */
interface Aside {
  readonly hash: string;
  readonly events: number;
  readonly longest: number;
}

/** What makes a page cross-origin isolated. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

let browser: Browser;
let server: Server;
let address: string;
const files = new Map<string, { readonly type: string; readonly body: string | Uint8Array }>();

beforeAll(async () => {
  const entryPoints = [`${pages}page.ts`, `${pages}digits-worker.ts`, `${pages}threads-worker.ts`];
  const { outputFiles, warnings } = await build({
    ...{ entryPoints, outdir: "/", write: false, bundle: true },
    ...{ format: "esm", platform: "browser", conditions: ["nabla-source"] },
  });
  expect(warnings).toEqual([]);
  for (const { path, contents } of outputFiles)
    files.set(`/${path.split("/").at(-1)}`, { type: "text/javascript", body: contents });
  files.set("/", {
    type: "text/html",
    body: '<!doctype html><title>nabla</title><script type="module" src="page.js"></script>',
  });
  files.set("/digits.csv", { type: "text/csv", body: readFileSync(digits) });
  server = createServer((request, response) => {
    const [, isolated, path] = /^(\/isolated)?(.*)$/.exec(request.url ?? "") ?? [];
    const file = files.get(path ?? "");
    response.writeHead(file === undefined ? 404 : 200, {
      ...(isolated === undefined ? {} : ISOLATION),
      "content-type": file?.type ?? "text/plain",
      // what a careful site sends: nothing but its own files, and WebAssembly
      "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** The page of the examples, as `vite build` makes it. */
async function buildExample(): Promise<void> {
  const root = fileURLToPath(new URL("../../../../examples/web/", import.meta.url));
  const built = await vite({ root, base: "/example/", logLevel: "silent", build: { write: false } });
  const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };
  for (const { output } of [built].flat() as readonly Rolldown.RolldownOutput[])
    for (const part of output) {
      const type = types[part.fileName.split(".").at(-1) ?? ""] ?? "text/plain";
      files.set(`/example/${part.fileName}`, { type, body: part.type === "chunk" ? part.code : part.source });
    }
}

async function open(path = ""): Promise<Page> {
  const context = await browser.newContext({ locale: "en-US" });
  onTestFinished(async () => await context.close());
  const page = await context.newPage();
  page.on("pageerror", (error) => expect.fail(error.message));
  await page.goto(address + path);
  return page;
}

/** The hash that Node comes to, on vectors of 128 bits as browsers have them. */
function hashInNode(): string {
  const script = `import { mkdtempSync, readFileSync, rmSync } from "node:fs";
    import { fit } from "nabla";
    import { digitsJob, hashOf } from ${JSON.stringify(`${pages}job.ts`)};
    const { trained } = await fit(digitsJob(readFileSync(${JSON.stringify(fileURLToPath(digits))}, "utf8"), ${EPOCHS}));
    console.log(await hashOf(trained.weights));`;
  const args = ["--conditions=nabla-source", "--input-type=module-typescript", "--eval", script];
  const env = { ...process.env, NABLA_REVECTORIZE: "off" };
  return execFileSync(process.execPath, args, { encoding: "utf8", env, cwd: pages }).trim();
}

test("a network on the digits comes to the same bits in Node, in a page and in its worker", async () => {
  const page = await open();
  const hash = hashInNode();
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await page.evaluate(`trainHere("/digits.csv", ${EPOCHS})`)).toBe(hash);
  const aside = await page.evaluate<Aside>(`trainAside("/digits.csv", ${EPOCHS})`);
  expect(aside).toMatchObject({ hash });
  expect(aside.events).toBeGreaterThan(EPOCHS);
});

test("threads over shared memory come to the same bits where the page is isolated, and one line says what is missing where not", async () => {
  const hash = hashInNode();
  const isolated = await open("isolated/");
  const said: string[] = [];
  isolated.on("console", (message) => said.push(message.text()));
  expect(await isolated.evaluate(`trainShared("/digits.csv", ${EPOCHS})`)).toEqual({
    hashes: [hash],
    helped: expect.toSatisfy((chunks: number) => chunks > 0),
  });
  expect(await isolated.evaluate(`trainAside("/digits.csv", ${EPOCHS})`)).toMatchObject({ hash });
  expect(said).toEqual([]);
  const page = await open();
  page.on("console", (message) => said.push(message.text()));
  for (let i = 0; i < 2; i++) await page.evaluate(`trainAside("/digits.csv", 1)`);
  expect(new Set(said).size).toBe(1);
  expect(said[0]).toMatch(/Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp/);
});

test("a page whose worker trains has no task of 50 ms", async () => {
  const page = await open();
  // other programs may hold up a page for that long, but not each time
  const tasks: number[] = [];
  while (tasks.length < 5 && Math.min(...tasks) >= 50)
    tasks.push((await page.evaluate<Aside>(`trainAside("/digits.csv", ${EPOCHS})`)).longest);
  expect(Math.min(...tasks)).toBeLessThan(50);
});

test("the page of the examples trains in its worker, draws, and stops when asked", async () => {
  await buildExample();
  const page = await open("example/index.html");
  const status = page.getByRole("status");
  // a busy page may show no epoch before the last
  await status.filter({ hasText: /^(Epoch \d+: \d+\.\d % error on the dev part|Done after .*)$/ }).waitFor();
  await page.getByRole("button", { name: "Stop with the best weights" }).click();
  await status.filter({ hasText: /^Done after \d+ epochs: \d+\.\d % error$/ }).waitFor();
});

test("a page opens a model of one file and saves it, and answers a row as Node does", async () => {
  const area = Float64Array.from({ length: 40 }, (_, i) => (i % 7 === 3 ? Number.NaN : 40 + i));
  const heating = categoryColumn(
    "heating",
    Array.from(area, (_, i) => (i % 3 === 0 ? "gas" : "öl")),
  );
  const price = numberColumn(
    "price",
    area.map((one, i) => 3 * (one || 60) + (i % 3)),
  );
  const houses = table([numberColumn("area", area), heating], price);
  const preparation = prepare.fit(houses);
  const train = applyPreparation(preparation, houses);
  const learning = { loss: squaredError(), optimizer: adam({ rate: 0.03 }), epochs: 20, seed: 1 };
  const { trained } = await fit({ ...learning, train, model: network({ hidden: [8], outputs: 1 }) });
  files.set("/houses.nabla", { type: "application/zip", body: writeModelFile({ trained, preparation }) });
  const row = { area: "70", heating: "steam" };
  const { prediction, unknown } = await (await rowModel({ trained, preparation })).predict(row);
  expect(unknown).toEqual({ heating: "steam" });
  const page = await open();
  const same = { prediction: expect.closeTo(Number(prediction), 3), unknown };
  for (const ask of ["askModel", "askOpened"])
    expect(await page.evaluate(`${ask}("/houses.nabla", ${JSON.stringify(row)})`)).toEqual([same, same]);
});

test.each([
  ["digits.csv", "digit"],
  ["penguins.csv", "species"],
  ["penguins.parquet", "species"],
])("a page reads %s as Node does: the same columns, the same inputs", async (name, target) => {
  const path = name.endsWith(".parquet") ? join(mkdtempSync(join(tmpdir(), "nabla-page-")), name) : "";
  if (path !== "") await writeParquet(path, `FROM '${fileURLToPath(new URL("penguins.csv", digits))}'`);
  const bytes = Uint8Array.from(readFileSync(path === "" ? new URL(name, digits) : path));
  if (path !== "") rmSync(dirname(path), { recursive: true });
  files.set(`/${name}`, { type: "application/octet-stream", body: bytes });
  const parquet = (): Promise<ParquetLibrary> => import("hyparquet");
  const { profile, ...table } = await readTable(bytes, { name, target, parquet });
  const { inputs, targets, names } = applyPreparation(prepare.fit(table), table);
  const page = await open();
  expect(await page.evaluate(`readHere("/${name}", "${target}")`)).toEqual({
    profile,
    names,
    hash: await hashOf(new Map(Object.entries({ inputs, targets }))),
  });
});

test("a page prepares pictures as the command does, however they are written, turned, or see-through", async () => {
  const pictures = await oddPictures();
  const names = Object.keys(pictures);
  for (const name of names) files.set(`/${name}`, { type: "image/png", body: pictures[name] ?? "" });
  files.set("/broken.png", { type: "image/png", body: (pictures["plain.png"] ?? Buffer.alloc(0)).subarray(0, 40) });
  const page = await open();
  const read = async (urls: readonly string[], shape: readonly number[]): Promise<unknown> =>
    await page.evaluate(`picturesHere(${JSON.stringify(urls)}, ${JSON.stringify(shape)})`);
  const shapes: readonly ImageShape[] = [
    [28, 28, 1],
    [120, 40, 3],
    [90, 60, 3],
  ];
  for (const shape of shapes) {
    const found = (await read(
      names.map((name) => `/${name}`),
      shape,
    )) as { readonly numbers: readonly number[] };
    expect(found).toMatchObject({ rows: names.length, shape: [names.length, ...shape], target: "class" });
    const length = shape.reduce((product, side) => product * side, 1);
    for (const [i, name] of names.entries()) {
      const expected = await pixelsByCommand(pictures[name] ?? Buffer.alloc(0), shape);
      const off = expected.map((value, at) => Math.abs(value - (found.numbers[i * length + at] ?? Number.NaN)));
      const mean = off.reduce((sum, one) => sum + one, 0) / length;
      // the command shrinks some files as they are decoded, which shows at edges
      const shrinks = /jpg|webp/.test(name);
      expect([name, shape, mean < (shrinks ? 2.5 : 1), shrinks || Math.max(...off) <= 2]).toEqual([
        name,
        shape,
        true,
        true,
      ]);
    }
  }
  expect(await read(["/plain.png", "/broken.png"], [8, 8, 1])).toEqual([
    "data/damaged-image",
    expect.stringMatching(/^broken\.png cannot be decoded/),
  ]);
  expect(await read(["/gone.png"], [8, 8, 1])).toEqual(["data/fetch", expect.stringContaining("gone.png")]);
  expect(await read(["/plain.png"], [8, 8, 2])).toEqual(["data/image-size", expect.stringContaining("[8,8,2]")]);
});
