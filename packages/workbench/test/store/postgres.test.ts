import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrations } from "../../src/store/migrations.ts";
import { openStore, openStores, openStudyStore } from "../../src/store/open.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { findStore } from "../../src/store/store-place.ts";
import type { Tables } from "../../src/store/tables.ts";
import { storeKit } from "./kit.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import { studyKit } from "./study-kit.ts";

let server: PostgresServer;
let url = "";

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  url = await server.createSchema();
});

storeKit("PostgreSQL", (host) => openStore(url, { host }));
studyKit("PostgreSQL", (host) => openStudyStore(url, { host }));

/** A run and a trial as version 3 of the tables had them. */
const versionThree = `
  create table nabla_schema (version integer not null);
  insert into nabla_schema values (3);
  insert into runs (id, name, created, updated, state, owner, heartbeat, job, data_path, data_sha256, seed, version, task,
    target, rows, parameters, outcome)
  values ('digits-00000a', 'digits', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 'finished', null, 0, '{}', 'd',
    'ab', 7, '0.1.0', 'regression', 'digit', '{"train":60,"dev":20,"test":20}', 10,
    '{"train":{"cost":0.4,"error":0.3,"rmse":9},"dev":{"cost":{"$number":"NaN"},"error":0.5},"bestEpoch":1,"epochs":2,"seconds":3,"reason":"patience","verdict":"good"}');
  insert into epochs (run, epoch, cost, train_error, dev_cost, dev_error, rate, seconds, steps)
  values ('digits-00000a', 1, 0.5, 0.25, 0.6, 0.5, 0.01, 1, 9007199254740991), ('digits-00000a', 2, 0.4, 0.2, 0.7, 0.5, 0.01, 2, 60);
  insert into studies (name, created, updated, state, owner, heartbeat, definition, experiment, plan, data_path, data_sha256,
    version, task, target, rows)
  values ('search', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 'stopped', null, 0, '{}', '{}', '{}', 'd', 'ab', '0.1.0',
    'classification', 'digit', '{"train":60,"dev":20,"test":20}');
  insert into trials (study, number, repeat, state, attempt, owner, heartbeat, units, point, reports, value, reason, seconds, measures)
  values ('search', 0, 0, 'done', 1, null, 0, '{"rate":0.5}', '{"rate":0.01}', '[[1,0.25]]', 0.25, null, 1.5,
    '{"parameters":9,"epochs":1,"steps":3,"bestEpoch":1,"trainError":0.1,"trainCost":0.2,"devCost":0.3,"marks":"AAE="}'),
    ('search', 1, 0, 'waiting', 0, null, 0, '{"rate":0.25}', '{"rate":0.1}', '[]', null, null, null, null)`;

test("a server's store of version 3 is brought to the records of today", async () => {
  const place = findStore(url, {}, ".");
  const before = await openPostgres<Tables>(place, { first: 10_000, later: 10_000, say: () => {} });
  for (const migration of migrations.slice(0, 3)) await migration(before);
  await before.destroy();
  await server.say(url, versionThree);
  await using stores = await openStores(place);
  const run = await stores.runs.get("digits");
  const measured = (cost: number, error: number, rows: number) => ({ cost, error, mistake: error, rows });
  expect(run.epochs).toStrictEqual([
    {
      ...{ epoch: 1, step: 2 ** 53 - 1, cost: 0.5, train: measured(0.5, 0.25, 60), dev: measured(0.6, 0.5, 20) },
      ...{ rate: 0.01, best: true, seconds: 1 },
    },
    {
      ...{ epoch: 2, step: 60, cost: 0.4, train: measured(0.4, 0.2, 60), dev: measured(0.7, 0.5, 20) },
      ...{ rate: 0.01, best: false, seconds: 2 },
    },
  ]);
  expect(run.outcome).toStrictEqual({
    ...{ reason: "patience", best: run.epochs[0], train: measured(0.4, 0.3, 60), dev: null, epochs: 2, steps: 60 },
    ...{ seconds: 3, seed: 7, rmse: { train: 9 }, verdict: "good" },
  });
  const [done, waiting] = await stores.studies.trials("search");
  expect(done).toMatchObject({ state: "done", value: 0.25, seconds: 1.5, reports: [{ step: 1, value: 0.25 }] });
  expect(done?.measures).toMatchObject({ devCost: 0.3, rowErrors: "AAE=" });
  expect(waiting).toMatchObject({ status: "waiting", state: "running", values: { rate: 0.1 } });
});
