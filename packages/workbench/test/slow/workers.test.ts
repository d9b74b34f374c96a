import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStores, openStudyStore } from "../../src/store/open.ts";
import { findStore } from "../../src/store/store-place.ts";
import { TrialQueue } from "../../src/workers/trial-queue.ts";
import { penguins, type Running, start, workFolder } from "../commands/nabla.ts";
import { startPostgres } from "../store/postgres.ts";
import { planSmall, recordFirst } from "../workers/studies.ts";

const study = "many-hands";
// Each trial takes seconds, so that it can be killed after its first checkpoint.
const options =
  "--target species --space space.yaml --pruner none --hidden 32 --batch 32 --epochs 4000 --patience 4000";
const amount = "--trials 4 --round 2 --finalists 1 --seed 3 --no-report --json";
const tuning = ["tune", penguins, "--study", study, ...options.split(" "), ...amount.split(" ")];

interface Hand extends Running {
  /** What it has told of itself so far. */
  readonly events: readonly { readonly kind: string; readonly number: number; readonly attempt?: number }[];
  readonly stderr: () => string;
}

/** Starts `nabla …`, and keeps its lines as they come. */
function startHand(words: readonly string[], folder: string, url: string): Hand {
  const running = start(words, { folder, environment: { NABLA_STORE: url } });
  const events: Hand["events"][number][] = [];
  let [rest, stderr] = ["", ""];
  running.child.stdout?.on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line));
  });
  running.child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return { ...running, events, stderr: () => stderr };
}

const patient = { interval: 50, timeout: 120_000 };

/** A hand that is in the midst of a trial of which that holds. */
async function amidst(hands: readonly Hand[], holds: (number: number) => Promise<boolean>): Promise<Hand> {
  let found: Hand | undefined;
  const look = async () => {
    for (const hand of hands) {
      const last = hand.events.at(-1);
      if (last?.kind === "began" && (await holds(last.number))) found = hand;
    }
    return found;
  };
  await expect.poll(look, patient).toBeDefined();
  if (found === undefined) throw new Error("nobody trains");
  return found;
}

test("Q2 three workers, one killed, one told to stop, server and leader killed and started again: the study of one", async () => {
  const folder = workFolder();
  writeFileSync(
    join(folder, "space.yaml"),
    "rate: { logUniform: [1e-4, 1e-1] }\npenalty: { logUniform: [1e-6, 1e-2] }\n",
  );
  const alone = start([...tuning, "--workers", "1", "--store", "alone.db"], { folder });
  await using server = await startPostgres();
  const url = await server.create();
  await using studies = await openStudyStore(url, { say: () => {} });

  const lead = startHand([...tuning, "--workers", "0"], folder, url);
  await expect.poll(async () => (await studies.listStudies()).length, patient).toBe(1);
  const hands = [1, 2, 3].map(() => startHand(["worker", "--study", study, "--slots", "1", "--json"], folder, url));
  const saved = async (number: number) => (await studies.checkpoint(study, { number, repeat: 0 })) !== undefined;
  const killed = await amidst(hands, saved);
  killed.child.kill("SIGKILL");
  await killed.ended;
  const left = hands.filter((hand) => hand !== killed);

  await server.stop();
  await expect.poll(() => left.filter((hand) => hand.stderr().includes("trying again")).length, patient).toBe(2);
  await server.start();
  await expect.poll(() => left.filter((hand) => hand.stderr().includes("answers again")).length, patient).toBe(2);

  lead.child.kill("SIGKILL");
  await lead.ended;
  const heir = startHand([...tuning, "--workers", "0"], folder, url);

  const tired = await amidst(left, async () => true);
  tired.child.kill("SIGTERM");
  expect(await tired.ended).toMatchObject({ code: 0, signal: null });
  expect(["returned", "told", "lost"]).toContain(tired.events.at(-1)?.kind);

  const [shared, single] = [await heir.ended, await alone.ended];
  expect([shared.code, single.code]).toEqual([0, 0]);
  const [document, expected] = [JSON.parse(shared.stdout), JSON.parse(single.stdout)];
  expect(document.hash).toBe(expected.hash);
  expect(document.best.values).toEqual(expected.best.values);
  const trials = await studies.trials(study);
  expect(trials.map(({ number, status }) => [number, status])).toEqual([0, 1, 2, 3].map((number) => [number, "done"]));
  const again = killed.events.at(-1)?.number ?? -1;
  expect(trials[again]?.attempt).toBeGreaterThan(1);
  expect(hands.map((hand) => hand.events.filter(({ kind }) => kind === "told").length).reduce((a, b) => a + b)).toBe(4);
  for (const hand of left) expect(await hand.ended).toMatchObject({ code: 0 });
  for (const hand of [...hands, lead, heir]) expect(hand.stderr()).not.toContain("s3cret");
}, 300_000);

test("Q2 a worker that hangs loses its trial to another; what it writes when it wakes is refused", async () => {
  const folder = workFolder();
  await using server = await startPostgres();
  const url = await server.create();
  await using stores = await openStores(findStore(url, {}, folder));
  await using queue = await TrialQueue.open(stores.database);
  const { study: recorded, trial } = await recordFirst(
    await planSmall({ data: penguins, epochs: 8000 }),
    stores.studies,
  );
  await queue.put(recorded, [trial]);
  const look = async () => (await stores.studies.trials(recorded.name))[0];

  const words = ["worker", "--slots", "1", "--json"];
  const asleep = startHand(words, folder, url);
  await expect.poll(async () => (await look())?.reports.length, patient).toBeGreaterThan(0);
  asleep.child.kill("SIGSTOP");
  // pg-boss takes no less than ten seconds; a test need not wait for them.
  await server.say(url, "update public_queue.job set heartbeat_seconds = 1");
  const awake = startHand(words, folder, url);
  await expect.poll(async () => (await look())?.status, patient).toBe("done");
  const result = await look();
  expect(result?.attempt).toBe(2);
  asleep.child.kill("SIGCONT");
  await expect.poll(() => asleep.events.map(({ kind }) => kind), patient).toEqual(["began", "lost"]);
  expect(await look()).toEqual(result);
  await expect.poll(() => awake.events.map(({ kind }) => kind), patient).toEqual(["began", "told"]);
  for (const { child, ended } of [asleep, awake]) {
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
  }
}, 300_000);
