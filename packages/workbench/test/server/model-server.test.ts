/** A model behind HTTP, asked as programs and monitors ask it. */
import { connect } from "node:net";
import { adam, applyPreparation, fit, network, prepare, softmaxCrossEntropy } from "nabla";
import { type RowModel, rowModel } from "nabla/answers";
import { tableFromRows } from "nabla/reading";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ModelServer, serveModel } from "../../src/server/model-server.ts";

const seen = Array.from({ length: 24 }, (_, i) => ({
  area: i % 7 === 3 ? null : 30 + 5 * i,
  heating: ["gas", "oil", "coal"][i % 3],
  built: `${1950 + i}-0${1 + (i % 9)}-15`,
  "a </script> name": i % 5,
  kind: i < 12 ? "flat" : "house",
}));
let model: RowModel;
let server: ModelServer;

beforeAll(async () => {
  const table = tableFromRows(seen);
  const target = table.columns.find(({ name }) => name === "kind") ?? expect.fail("there is a kind");
  const rows = { ...table, columns: table.columns.filter((column) => column !== target), target };
  const preparation = prepare.fit(rows);
  const train = applyPreparation(preparation, rows);
  const learning = { loss: softmaxCrossEntropy(), optimizer: adam({ rate: 0.01 }), epochs: 5, batch: 8, seed: 1 };
  const { trained } = await fit({ ...learning, train, model: network({ hidden: [4], outputs: 2 }) });
  model = await rowModel({ trained, preparation });
  server = await serveModel(model, { port: 0 });
});
afterAll(async () => await server.close());

const post = async (body: unknown): Promise<Response> =>
  await fetch(`${server.url}/predict`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

test("a row gets an answer, a list of rows a list, and requests at once each their own", async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const expected = await model.predict(seen);
  const listed = await post(seen);
  expect(listed.headers.get("content-type")).toContain("application/json");
  expect(await listed.json()).toEqual(expected);
  const singles = await Promise.all(seen.map(async (row) => await (await post(row)).json()));
  expect(singles).toEqual(expected);
  expect(new Set(singles.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(10);
  expect(await (await post([])).json()).toEqual([]);
});

const [whole] = seen;

test.each([
  ["a name that is spelled otherwise", { ...whole, area: undefined, aera: 5 }, "data/missing-column", /"area"/],
  ["a text for a number", { ...whole, area: "large" }, "data/not-a-number", /row 0, column area.*"large"/],
  ["a date that is none", [whole, { ...whole, built: "soon" }], "data/not-a-date", /row 1, column built.*"soon"/],
  ["a list for a cell", { ...whole, heating: ["gas"] }, "data/not-a-cell", /column heating.*a list/],
  ["a number for a row", 7, "predict/row", /a number/],
  ["no JSON", "{area: 1}", "serve/json", /JSON/],
  ["nothing", "", "serve/json", /empty/],
])("%s is answered with 400 and a sentence", async (_, body, code, message) => {
  const response = await post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
  // others are not touched by it
  expect((await post(whole)).status).toBe(200);
});

test("other paths and methods are refused, too much as well", async () => {
  expect((await fetch(`${server.url}/predictions`)).status).toBe(404);
  expect((await fetch(`${server.url}/constructor`)).status).toBe(404);
  const got = await fetch(`${server.url}/predict`);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await fetch(`${server.url}/health`, { method: "POST" })).status).toBe(405);
  const { hostname, port } = new URL(server.url);
  const reply = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${2 ** 40}\r\n\r\n[`);
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
  expect(reply).toMatch(/^HTTP\/1\.1 413[\s\S]*serve\/large/);
});

test("it describes itself: OpenAPI, health, metrics and a page that loads nothing from elsewhere", async () => {
  const api = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    readonly openapi: string;
    readonly components: { readonly schemas: { readonly [name: string]: Readonly<Record<string, unknown>> } };
  };
  expect(api.openapi).toBe("3.1.0");
  expect(api.components.schemas.Row?.required).toEqual(["area", "heating", "built", "a </script> name"]);
  expect(api.components.schemas.Answer?.properties).toMatchObject({ prediction: { enum: ["flat", "house"] } });
  expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: "ok", target: "kind" });
  const numbersIn = async (): Promise<readonly number[]> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const names = [
      "nabla_predict_rows_total",
      'nabla_predict_seconds_bucket{le="+Inf"}',
      "nabla_predict_seconds_count",
    ];
    return names.map((name) =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")[1],
      ),
    );
  };
  const before = await numbersIn();
  await post(seen);
  await post("no rows");
  expect(await numbersIn()).toEqual(before.map((value, i) => value + Number([24, 2, 2].at(i))));
  const page = await fetch(`${server.url}/`);
  expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
  const text = await page.text();
  expect(text).toContain("a \\u003c/script> name");
  expect(text.match(/<\/script>/g)).toHaveLength(1);
});

test("a server that ends answers what has come, and listens no more", async () => {
  const other = await serveModel(model, { port: 0 });
  const { port } = new URL(other.url);
  await expect(serveModel(model, { port: Number(port) })).rejects.toMatchObject({ code: "serve/port" });
  const asked = fetch(`${other.url}/predict`, { method: "POST", body: JSON.stringify(seen) });
  const [answers] = await Promise.all([asked.then(async (reply) => await reply.json()), asked.then(other.close)]);
  expect(answers).toHaveLength(24);
  await expect(fetch(`${other.url}/health`)).rejects.toThrow();
});

/** What a raw request is answered with, whose headers fetch would not send. */
async function statusFor(host: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.end(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8").slice(9, 12);
}

test("names of other machines that lead here are refused, so that no page elsewhere reads answers", async () => {
  const port = new URL(server.url).port;
  expect(await statusFor(`127.0.0.1:${port}`)).toBe("200");
  expect(await statusFor(`localhost:${port}`)).toBe("200");
  expect(await statusFor(`evil.example:${port}`)).toBe("403");
  expect(await statusFor("")).toBe("403");
});
