import { expect, test } from "vitest";
import type { TrialHeartbeat } from "../../src/store/study.ts";
import { HeartbeatWriter } from "../../src/workers/heartbeats.ts";

test("the first reports do not wait for a pause after the thread was told of; later ones do, unless a checkpoint comes", async () => {
  const written: TrialHeartbeat[] = [];
  const writer = new HeartbeatWriter(
    async (heartbeat) => void written.push(heartbeat),
    () => expect.unreachable(),
  );
  const [first, second, third] = [1, 2, 3].map((step) => [{ step, value: 1 / step }]);
  if (first === undefined || second === undefined || third === undefined) throw new Error("there are three");
  // as a trial begins, also one that goes on and has reports in the store
  writer.write({ reports: [], thread: 2 });
  await expect.poll(() => written.length).toBe(1);
  writer.write({ reports: first });
  await expect.poll(() => written.length).toBe(2);
  writer.write({ reports: second });
  const checkpoint = Uint8Array.of(1);
  writer.write({ reports: third, checkpoint });
  await expect.poll(() => written.length).toBe(3);
  await writer.end();
  expect(written).toEqual([{ thread: 2 }, { reports: first }, { reports: third, checkpoint }]);
});
