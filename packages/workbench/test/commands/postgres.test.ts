import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { openStudyStore } from "../../src/store/open.ts";
import { type PostgresServer, startPostgres } from "../store/postgres.ts";
import { nabla, penguins, start, workFolder } from "./nabla.ts";

let server: PostgresServer;
let url = "";

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  url = await server.create();
});

test("runs live in PostgreSQL, named by --store or NABLA_STORE, and no command prints the password", async () => {
  const folder = workFolder();
  const environment = { NABLA_STORE: url };
  expect(await nabla(["runs"], { folder, environment })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: there is no store at postgres:\/\/nabla@127\.0\.0\.1:\d+\/test\d+ yet\n/),
  });
  const words = ["train", penguins, "--target", "species", "--epochs", "100000", "--patience", "100000", "--no-report"];
  const { child, ended } = start([...words, "--store", url], { folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  const listed = async () => JSON.parse((await nabla(["runs", "--json"], { folder, environment })).stdout || "[]");
  await expect.poll(async () => (await listed())[0]?.parameters, { timeout: 30_000 }).toBeGreaterThan(0);
  expect((await listed())[0]).toMatchObject({ status: "running", target: "species" });
  child.kill("SIGINT");
  const stopped = await ended;
  expect(stopped.code).toBe(130);
  const [{ id, status, outcome }] = await listed();
  expect(status).toBe("stopped");
  const shown = await nabla(["show", id, "--store", url], { folder });
  expect(shown.stdout).toContain(`resume ${id} --store postgres://nabla@`);
  const resumed = start(["resume", id, "--quiet"], { folder, environment });
  onTestFinished(() => void resumed.child.kill("SIGKILL"));
  const epochs = async () => JSON.parse((await nabla(["show", id, "--json"], { folder, environment })).stdout).epochs;
  await expect.poll(async () => (await epochs()).length, { timeout: 30_000 }).toBeGreaterThan(outcome.epochs);
  resumed.child.kill("SIGINT");
  expect((await resumed.ended).code).toBe(130);
  const numbers = (await epochs()).map(({ epoch }: { readonly epoch: number }) => epoch);
  expect(numbers).toEqual(numbers.map((_: number, i: number) => i + 1));
  for (const { stdout, stderr } of [stopped, shown, await resumed.ended])
    expect(stdout + stderr).not.toContain("s3cret");
});

test("a worker says what it cannot work with", async () => {
  const folder = workFolder();
  const message = async (...words: string[]) => {
    const { code, stdout, stderr } = await nabla(words, { folder });
    expect(stderr).not.toMatch(/s3cret|wr0ng/);
    return [code, `${stdout}${stderr}`];
  };
  expect(await message("worker")).toEqual([
    1,
    expect.stringMatching(/workers share a PostgreSQL store, and .*nabla\.db is a file/),
  ]);
  expect(await message("tune", penguins, "--target", "species", "--workers", "0")).toEqual([
    2,
    expect.stringContaining("with --workers 0 nobody would train"),
  ]);
  const wrong = server.url("postgres", { password: "wr0ng" });
  expect(await message("worker", "--store", wrong)).toEqual([
    1,
    expect.stringContaining("it refuses the user's password"),
  ]);
  expect(await message("worker", "--store", server.url("nowhere"))).toEqual([
    1,
    expect.stringContaining("the server has no such database"),
  ]);
  expect(await message("worker", "--store", url, "--study", "none")).toEqual([
    1,
    expect.stringContaining('there is no study "none"'),
  ]);
  expect(await message("worker", "--store", url, "--slots", "0")).toEqual([2, expect.stringContaining("--slots")]);
  expect(await message("worker", "--store", url, "--idle", "0.1s", "--slots", "1")).toEqual([
    0,
    expect.stringMatching(/^takes trials from postgres:\/\/nabla@127\.0\.0\.1:\d+\/test\d+, 1 at a time/),
  ]);
  await server.say(url, "update nabla_schema set version = 99");
  expect(await message("worker", "--store", url)).toEqual([1, expect.stringContaining("update nabla")]);
});

test("Q2 a study in PostgreSQL is stopped by Ctrl-C, goes on, and comes out as in SQLite", async () => {
  const folder = workFolder();
  writeFileSync(join(folder, "space.yaml"), "rate: { logUniform: [1e-4, 1e-1] }\n");
  const options = "--target species --space space.yaml --hidden 32 --epochs 800 --patience 800 --pruner none --seed 5";
  const amount = "--trials 4 --round 2 --finalists 1 --workers 2 --no-report --json --study s";
  const words = ["tune", penguins, ...options.split(" "), ...amount.split(" ")];
  const stopped = start([...words, "--store", url], { folder });
  onTestFinished(() => void stopped.child.kill("SIGKILL"));
  await using studies = await openStudyStore(url);
  const trials = async () => await studies.trials("s").catch(() => []);
  const running = async () => (await trials()).filter(({ status }) => status === "running").length;
  await expect.poll(running, { interval: 20, timeout: 60_000 }).toBeGreaterThan(0);
  stopped.child.kill("SIGINT");
  expect((await stopped.ended).code).toBe(130);
  expect(await running()).toBe(0);
  expect((await studies.getStudy("s")).status).toBe("stopped");
  const resumed = await nabla(["tune", "--study", "s", "--workers", "2", "--no-report", "--json", "--store", url], {
    folder,
  });
  const alone = await nabla([...words, "--store", "alone.db"], { folder });
  expect(JSON.parse(resumed.stdout).hash).toBe(JSON.parse(alone.stdout).hash);
  expect((await studies.getStudy("s")).status).toBe("finished");
}, 180_000);
