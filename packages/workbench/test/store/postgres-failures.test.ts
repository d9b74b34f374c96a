import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { NablaError } from "nabla";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type OpenOptions, openStore, openStudyStore } from "../../src/store/open.ts";
import { postgresFailure } from "../../src/store/postgres-failure.ts";
import { findStore, folderBeside, withoutPassword } from "../../src/store/store-place.ts";
import { openAsked } from "../server/cockpit/asked.ts";
import { draft, epoch } from "./drafts.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

let server: PostgresServer;
let url = "";
const onChange: string[] = [];
const quick: OpenOptions = { patience: 200, say: (line) => onChange.push(line) };

beforeAll(async () => {
  delete process.env.PGPASSWORD;
  server = await startPostgres();
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  onChange.length = 0;
  url = await server.createSchema();
});

/** The error that opening gives, with all that it says and hides. */
async function refusal(place: string, options: OpenOptions = quick): Promise<NablaError> {
  const error = await openStore(place, options).then(
    async (store) => await store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof NablaError)) throw new Error(`not refused, or without a sentence: ${String(error)}`);
  expect(`${error.message} ${error.stack} ${error.hint} ${onChange.join()}`).not.toMatch(/s3cret|wr0ng/);
  return error;
}

test.each([
  ["postgres://me:s3cret@host:5433/runs?sslmode=require", "postgres://me@host:5433/runs"],
  ["postgresql://host/runs", "postgres://host/runs"],
])("%s is printed as %s", (address, shown) => {
  expect(findStore(undefined, { NABLA_STORE: address }, "/data")).toEqual({ kind: "postgres", address, shown });
  expect(withoutPassword(address)).toBe(shown);
});

test("an address that cannot be read, or names no database, is refused without its password", async () => {
  const unescaped = await refusal("postgres://me:s3cret/x@host/runs");
  expect(unescaped).toMatchObject({ code: "store/address", hint: expect.stringContaining("%2F") });
  expect(await refusal("postgres://me:s3cret@host/")).toMatchObject({
    code: "store/address",
    message: "postgres://me@host/ names no database",
  });
});

test("a wrong password, an unknown user and an unknown database are told apart from a server that is down", async () => {
  const place = `postgres://nabla@127.0.0.1:${server.port}`;
  expect(await refusal(server.url("postgres", { password: "wr0ng" }))).toMatchObject({
    code: "store/password",
    message: `the store ${place}/postgres: it refuses the user's password`,
  });
  expect((await refusal(server.url("postgres", { user: "nobody" }))).code).toBe("store/password");
  expect((await refusal(`${place}/postgres`)).message).toContain("it asks for a password");
  expect(await refusal(server.url("nowhere"))).toMatchObject({
    code: "store/unknown-database",
    message: `the store ${place}/nowhere: the server has no such database`,
  });
  expect(onChange).toEqual([]);
});

test("a server that is down is waited for with a message, then refused", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, "close");
  const place = `postgres://me@127.0.0.1:${port}/runs`;
  expect(await refusal(`postgres://me:s3cret@127.0.0.1:${port}/runs`)).toMatchObject({
    code: "store/away",
    message: `the store ${place}: nothing listens there`,
  });
  expect(onChange).toEqual([`the store ${place}: nothing listens there; trying again for 1 s`]);
});

test("a newer schema, a database of something else and an empty one that is only to be read are left as they are", async () => {
  await (await openStore(url)).close();
  await server.say(url, "update nabla_schema set version = 99");
  expect(await refusal(url)).toMatchObject({ code: "store/newer", message: expect.stringContaining("version 99") });
  const other = await server.create();
  expect((await refusal(other, { create: false })).code).toBe("store/missing");
  await server.say(other, "create table invoices(amount int)");
  expect(await refusal(other)).toMatchObject({
    code: "store/foreign",
    message: expect.stringContaining("it has the table invoices"),
    hint: "name another database",
  });
  expect(await server.say(other, "select tablename from pg_tables where schemaname = 'public'")).toHaveLength(1);
});

test("a queue's own schema does not make a database foreign", async () => {
  const other = await server.create();
  await server.say(other, "create schema pgboss; create table pgboss.job(id int)");
  await (await openStore(other)).close();
});

test("many that open an empty database at once make its tables once", async () => {
  const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(url)));
  const made = await Promise.all(stores.map((store) => store.create(draft())));
  expect((await stores[0]?.list())?.length).toBe(made.length);
  for (const store of stores) await store.close();
});

test("who may not change the database, or finds it read-only, hears so", async () => {
  await server.say(url, "create role guest login password 'guest'");
  const guest = server.url("postgres", { user: "guest", password: "guest" });
  expect(await refusal(guest)).toMatchObject({
    code: "store/denied",
    message: expect.stringContaining("permission denied"),
  });
  await (await openStore(url)).close();
  await using store = await openStore(`${url}${encodeURIComponent(" -c default_transaction_read_only=on")}`);
  await expect(store.create(draft())).rejects.toThrow("it takes no changes");
});

test("a disk that is full fails the append alone, and what was stored stays", async () => {
  await using store = await openStore(url);
  const { id } = await store.create(draft());
  await store.append(id, { epochs: [epoch(1)] });
  // The server's own failure, raised where it would come: a disk cannot be filled up here.
  await server.say(
    url,
    `create function fill() returns trigger language plpgsql as $$ begin
       raise 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
     create trigger full_disk before insert on events execute function fill()`,
  );
  const append = store.append(id, { epochs: [epoch(2)], events: [{ kind: "x", data: 1 }] });
  await expect(append).rejects.toMatchObject({ code: "store/full", message: expect.stringContaining("disk is full") });
  expect(await store.get(id)).toMatchObject({ epochs: [epoch(1)], events: [] });
});

test.each(["57014", "55P03", "40001", "53200"])("what %s undoes is done again, and once", async (code) => {
  const said: string[] = [];
  await using store = await openStore(url, { say: (line) => said.push(line) });
  const { id } = await store.create(draft());
  // a sequence counts on through what is rolled back
  await server.say(
    url,
    `create sequence tries; create function hinder() returns trigger language plpgsql as $$ begin
       if nextval('tries') < 4 then raise 'not now' using errcode = '${code}'; end if; return new; end $$;
     create trigger hindered before insert on events for each row execute function hinder()`,
  );
  await store.append(id, { epochs: [epoch(1)], events: [{ kind: "x", data: 1 }] });
  expect(await store.get(id)).toMatchObject({ epochs: [epoch(1)], events: [{ kind: "x" }] });
  expect(said.map((line) => line.includes("answers again"))).toEqual(code === "40001" ? [] : [false, true]);
});

test.each([
  ["42704", "store/tables"],
  ["42P01", "store/tables"],
  ["22003", "store/refused"],
  ["23505", "store/refused"],
  ["55P03", "store/locked"],
  ["57014", "store/away"],
  ["58P01", "store/disk"],
  ["28P02", "store/password"],
  ["XX000", "store/damaged"],
  ["0A000", "store/refused"],
])("code %s of a server is a sentence, %s", (code, name) => {
  const failure = postgresFailure(Object.assign(new Error("as the server says"), { code }), "postgres://host/db");
  expect(failure).toMatchObject({ code: name, message: expect.stringContaining("postgres://host/db") });
  expect((failure as NablaError).message).not.toContain("internal");
});

test("failures that no server and no system reports stay as they are", () => {
  const error = new TypeError("x");
  expect(postgresFailure(error, "postgres://host/db")).toBe(error);
});

test("Q2 a server that stops in the midst of writing costs time, and no epoch is lost or doubled", async () => {
  await using store = await openStore(url, quick);
  await using studies = await openStudyStore(url, quick);
  const { id } = await store.create(draft());
  const numbers = Array.from({ length: 60 }, (_, i) => i + 1);
  let stored = 0;
  const write = async () => {
    for (const number of numbers) {
      await store.append(id, { epochs: [epoch(number)], events: [{ kind: "epoch", data: number }] });
      stored = number;
    }
  };
  const writing = write();
  for (const at of [15, 30]) {
    await expect.poll(() => stored, { interval: 1, timeout: 20_000 }).toBeGreaterThanOrEqual(at);
    await server.stop();
    const reading = studies.listStudies();
    await server.start();
    expect(await reading).toEqual([]);
  }
  await writing;
  const { epochs, events } = await store.get(id);
  expect(epochs.map((record) => record.epoch)).toEqual(numbers);
  expect(events.map(({ data }) => data)).toEqual(numbers);
  expect(onChange.filter((line) => line.endsWith("answers again")).length).toBeGreaterThanOrEqual(2);
});

test("pages are told that a server went away and what became of its runs, and what is in memory is shown meanwhile", async () => {
  const cockpit = await openAsked({ store: url });
  onTestFinished(cockpit.close);
  const { id } = await cockpit.store.create(draft());
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const head = { headers: { cookie: cockpit.cookie }, signal: stop.signal };
  const { body } = await fetch(`${cockpit.origin}/api/events`, head);
  const reader = (body ?? expect.fail("a stream")).pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  const heard = async (text: string): Promise<void> => {
    for (; !all.includes(text); ) all += (await reader.read()).value ?? expect.fail(`heard only ${all}`);
  };
  await heard(`data: ["${id}"]`);
  await server.stop();
  await heard('event: store\ndata: "');
  expect(all).toMatch(/event: store\ndata: "the store postgres:.+"/);
  expect(all).not.toContain("s3cret");
  expect((await cockpit.get<{ readonly total: number }>("/api/runs")).total).toBe(1);
  const refused = await cockpit.post("/api/marks", { runs: [id], marks: { archived: true } });
  expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([503, "store/away"]);
  // who opens a page now is told too
  const { body: late } = await fetch(`${cockpit.origin}/api/events`, head);
  const lateReader = (late ?? expect.fail("a stream")).pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; !text.includes("event: store"); ) text += (await lateReader.read()).value ?? expect.fail(text);
  await server.start();
  await heard("event: store\ndata: null");
  const { id: next } = await cockpit.store.create(draft());
  await heard(`data: ["${next}"]`);
  expect((await cockpit.post("/api/marks", { runs: [id], marks: { archived: true } })).status).toBe(200);
});

/** Passes everything on to the server, and breaks off as soon as the server has answered the next commit. */
async function unreliableWay(
  port: number,
): Promise<{ readonly way: Server; cut(): void; readonly cuts: () => number }> {
  let [armed, cuts] = [false, 0];
  const way = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    let waiting = false;
    client.on("data", (bytes) => {
      if (armed && bytes.includes("commit")) [waiting, armed] = [true, false];
      target.write(bytes);
    });
    target.on("data", (bytes) => {
      if (!waiting) return void client.write(bytes);
      cuts += 1;
      client.destroy();
      target.destroy();
    });
    for (const side of [client, target])
      side.on("error", () => {}).on("close", () => [client.destroy(), target.destroy()]);
  }).listen(0, "127.0.0.1");
  await once(way, "listening");
  onTestFinished(() => void way.close());
  return {
    way,
    cut: () => {
      armed = true;
    },
    cuts: () => cuts,
  };
}

test("a commit whose answer is lost is looked up, not done twice", async () => {
  const { way, cut, cuts } = await unreliableWay(server.port);
  const { port } = way.address() as { port: number };
  await using store = await openStore(url.replace(`:${server.port}/`, `:${port}/`), quick);
  const { id } = await store.create(draft());
  for (const number of [1, 2, 3]) {
    cut();
    await store.append(id, { events: [{ kind: "once", data: number }] });
  }
  cut();
  const child = await store.create(draft({ parent: id }));
  expect(cuts()).toBe(4);
  expect((await store.get(id)).events.map(({ data }) => data)).toEqual([1, 2, 3]);
  expect((await store.list({ parent: id })).map((run) => run.id)).toEqual([child.id]);
});

test("a transaction whose connection is cut off is done once, whole", async () => {
  await using store = await openStore(url, quick);
  const { id } = await store.create(draft());
  const cutAll = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nabla'";
  for (let number = 1; number <= 20; number++) {
    const append = store.append(id, { events: [1, 2].map((half) => ({ kind: "pair", data: [number, half] })) });
    await Promise.all([append, server.say(url, cutAll)]);
  }
  const expected = Array.from({ length: 20 }, (_, i) => [1, 2].map((half) => [i + 1, half])).flat();
  expect((await store.get(id)).events.map(({ data }) => data)).toEqual(expected);
});

test("files of a store on a server lie in the working folder", () => {
  expect(folderBeside("/data/.nabla/nabla.db")).toBe("/data/.nabla");
  expect(folderBeside("postgres://me@host/runs")).toBe(".nabla");
});
