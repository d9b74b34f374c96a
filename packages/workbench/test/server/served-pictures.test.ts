import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { serveModel } from "../../src/server/model-server.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { digits, writePictures } from "../sources/digit-images.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-picture-model-"));
const store = await openStore(join(home, "runs.db"));
const folder = await writePictures(join(home, "pictures"), await digits(120));
const output = join(home, "model");
const single = { members: 1, refit: "none", epochs: 5, augment: [] } as const;
await drain(trainFile({ data: folder, target: "class", ...single, output }, { store, folder: home }));
const model = await loadTrained(output);
const server = await serveModel(model, { port: 0 });
afterAll(async () => {
  await server.close();
  await store[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const name = "0/0000.png";
const png = await readFile(join(folder, name));
interface Answered {
  readonly prediction: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly error: { readonly message: string };
}
const post = async (body: string | Uint8Array<ArrayBuffer>, type = "application/json") => {
  const response = await fetch(`${server.url}/predict`, {
    method: "POST",
    headers: { "content-type": type },
    body: body,
  });
  const answer = (await response.json()) as Answered;
  return { status: response.status, answer };
};

test("a picture is answered as a folder of it is: its bytes, in base64, in a list, in another format and size", async () => {
  const { header, chunks } = await predictFile(model, folder);
  const rows: (readonly (string | number)[])[] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  const [row] = rows.filter((cells) => cells.includes(name));
  const expected = new Map(header.map((column, i) => [column, row?.[i]]));
  const { status, answer } = await post(png, "image/png");
  expect([status, answer.prediction]).toEqual([200, expected.get("prediction")]);
  for (const [digit, share] of Object.entries(answer.probabilities))
    expect(share).toBeCloseTo(Number(expected.get(`probability_${digit}`)), 6);
  const image = png.toString("base64");
  for (const body of [{ image }, { image: `data:image/png;base64,${image}` }, image])
    expect((await post(JSON.stringify(body))).answer).toEqual(answer);
  expect((await post(JSON.stringify([{ image }, { image }]))).answer).toEqual([answer, answer]);
  expect((await post(JSON.stringify([]))).answer).toEqual([]);
  const large = await sharp(png).resize(16, 16, { kernel: "nearest" }).webp({ lossless: true }).toBuffer();
  expect((await post(large, "application/octet-stream")).answer.prediction).toBe(answer.prediction);
});

test("what is no picture gets 400 and a sentence that says which one", async () => {
  const message = async (body: string | Uint8Array<ArrayBuffer>, type?: string) => {
    const { status, answer } = await post(body, type);
    return [status, answer.error.message];
  };
  expect(await message("hello", "image/png")).toEqual([400, expect.stringMatching(/^the picture cannot be decoded: /)]);
  expect(await message(png.subarray(0, 60), "image/png")).toEqual([400, expect.stringContaining("cannot be decoded")]);
  expect(await message(JSON.stringify({ picture: "x" }))).toEqual([400, expect.stringContaining("base64")]);
  const [status, text] = await message(JSON.stringify([{ image: png.toString("base64") }, { image: "aGVsbG8=" }]));
  expect([status, text]).toEqual([400, expect.stringMatching(/picture 1.*cannot be decoded/)]);
  expect(await message("{")).toEqual([400, expect.stringContaining("JSON")]);
  expect(await message("")).toEqual([400, expect.any(String)]);
});

test("the page takes a picture and loads nothing else; OpenAPI and health describe the model", async () => {
  const page = await fetch(`${server.url}/`);
  expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'.*img-src blob:.*script-src 'sha256-/);
  const text = await page.text();
  expect(text).toContain('<input type="file" accept="image/*">');
  expect(text).not.toMatch(/https?:\/\//);
  const described = await (await fetch(`${server.url}/openapi.json`)).text();
  expect(described).toContain('"image/png"');
  expect(described).toContain('"required":["image"]');
  expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: "ok", target: "class" });
});
