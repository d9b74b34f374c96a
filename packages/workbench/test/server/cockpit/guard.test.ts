/** Who is let in by the server of `nabla ui`, and who is not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCockpit } from "../../../src/server/cockpit/cockpit.ts";
import { draft } from "../../store/drafts.ts";
import { type AskedCockpit, type AskOptions, openAsked } from "./asked.ts";

let cockpit: AskedCockpit;
let looking: AskedCockpit;
let id = "";
beforeAll(async () => {
  cockpit = await openAsked();
  looking = await openAsked({ readOnly: true });
  id = (await cockpit.store.create(draft({ name: "secret" }))).id;
});
afterAll(async () => {
  await cockpit.close();
  await looking.close();
});

test("the printed address gives a cookie that no script reads, and a page without the token in its address", async () => {
  const { pathname, search } = new URL(cockpit.url);
  const { status, headers, text } = await cockpit.ask(`${pathname}${search}&sel=a`, { headers: { cookie: undefined } });
  expect(status).toBe(200);
  expect(headers["set-cookie"]).toEqual([`${cockpit.cookie}; Path=/; HttpOnly; SameSite=Strict`]);
  expect(text).toContain('content="0;url=/?sel=a"');
  expect(text).not.toContain("token");
  expect((await cockpit.ask("/", { headers: { origin: undefined } })).text).toContain("<title>page</title>");
});

const strangers: readonly (readonly [string, string, AskOptions])[] = [
  ["no token", "ui/token", { headers: { cookie: undefined } }],
  ["another token", "ui/token", { headers: { cookie: "nabla-1=x; nabla=y" } }],
  ["a name that leads here", "ui/host", { headers: { host: "evil.example" } }],
  ["a name that begins as this one", "ui/host", { headers: { host: "127.0.0.1.evil.example" } }],
  ["another port's name", "ui/host", { headers: { host: "localhost:1" } }],
  ["another origin", "ui/origin", { headers: { origin: "http://evil.example" } }],
  ["another port's page", "ui/origin", { headers: { origin: "http://127.0.0.1:1" } }],
  ["a page without an origin", "ui/origin", { headers: { origin: "null" } }],
  ["another site's script", "ui/origin", { headers: { origin: undefined, "sec-fetch-site": "cross-site" } }],
  ["a change of nobody", "ui/origin", { method: "POST", headers: { origin: undefined } }],
];

describe.each(strangers)("%s", (_, code, options) => {
  test.each(["/api/runs", "/api/events", "/", "/theme.css"])("is refused at %s and told nothing", async (path) => {
    const { status, text, headers } = await cockpit.ask(path, options);
    expect(status).toBe(403);
    if (path.startsWith("/api")) expect(JSON.parse(text).error.code).toBe(code);
    expect(text).not.toContain("secret");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});

test("nothing but what the server sends may run or be asked, on every answer", async () => {
  for (const path of ["/", "/api/runs", "/theme.css", "/nothing.js", "/api/nothing"]) {
    const { headers } = await cockpit.ask(path);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    expect(policy).not.toContain("unsafe");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
  }
});

test.each([
  ["/../../package.json"],
  ["/assets/..%2f..%2fpackage.json"],
  ["/assets/%2e%2e/index.html"],
])("%s leads to no file", async (path) => {
  const { text } = await cockpit.ask(path);
  expect(text).not.toContain('"name"');
});

test("who may only look changes, starts and stops nothing", async () => {
  expect((await looking.ask("/api/runs")).status).toBe(200);
  const actions = [
    "/api/marks",
    "/api/remove",
    `/api/runs/${id}/notes`,
    `/api/runs/${id}/live`,
    `/api/runs/${id}/try`,
    `/api/runs/${id}/resume`,
  ];
  for (const path of actions) {
    const { status, text } = await looking.post(path, {});
    expect([status, JSON.parse(text).error.code]).toEqual([403, "ui/read-only"]);
  }
});

test("other machines may look at most", async () => {
  await expect(openCockpit({ host: "0.0.0.0", port: 0 })).rejects.toThrow(expect.objectContaining({ code: "ui/host" }));
});

test.each([
  ["no JSON", "/api/marks", { headers: { "content-type": "text/plain" }, body: { runs: [], marks: {} } }],
  ["other data", "/api/marks", { body: { runs: "all", marks: {} } }],
  ["no command", `/api/runs/x/live`, { body: { commands: [{ kind: "rm" }] } }],
])("%s is refused with a sentence", async (_, path, options) => {
  const { status, text } = await cockpit.ask(path.replace("/x/", `/${id}/`), { method: "POST", ...options });
  expect(status).toBe(400);
  expect(JSON.parse(text).error.message).toMatch(/expected/);
});
