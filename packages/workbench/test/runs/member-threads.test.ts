import { drain, type MemberEvent, type Run, trainMembers } from "nabla";
import { expect, test } from "vitest";
import { foldsOf } from "../../src/experiment/folds.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { trainOnThreads } from "../../src/runs/member-threads.ts";
import { type MembersTask, membersPlan } from "../../src/runs/members-task.ts";
import { penguins } from "../commands/nabla.ts";

const { resolved, parts, prepared } = await planExperiment({
  ...{ data: penguins, target: "species", hidden: [8], epochs: 2, members: 4, seed: 1 },
});
const task: MembersTask = { resolved, folds: foldsOf(resolved, parts), train: prepared.train, dev: prepared.dev };
const { job, options } = membersPlan(task);
const { runs } = await drain(trainMembers(job, options));
const first = runs[0] as Run;

test("networks on threads are those of the leading thread, bit by bit, and each is told of in its turn", async () => {
  const events: MemberEvent[] = [];
  const training = trainOnThreads(task, { first, threads: 2 });
  let next = await training.next();
  for (; next.done !== true; next = await training.next()) events.push(next.value);
  const told = events.map(({ member }) => member);
  expect(told).toEqual(told.toSorted());
  // a start, and epochs ten times a second at most
  for (const member of [2, 3, 4]) {
    const [start, ...epochs] = events.filter((event) => event.member === member).map(({ event }) => event.kind);
    expect(start).toBe("start");
    expect(new Set(epochs)).toEqual(new Set(["epoch"]));
  }
  const untimed = (run: Run | undefined) => run?.history.map((epoch) => ({ ...epoch, seconds: 0 }));
  expect(next.value).toHaveLength(3);
  for (const [i, run] of next.value.entries()) {
    expect(run.trained.weights).toEqual(runs[i + 1]?.trained.weights);
    expect(untimed(run)).toEqual(untimed(runs[i + 1]));
    expect(run.seed).toBe(runs[i + 1]?.seed);
  }
  // what was trained elsewhere is not trained again
  const all = trainMembers(job, { ...options, finished: [first, ...next.value] });
  expect((await all.next()).done).toBe(true);
}, 60_000);

test("a stop ends the threads, and what they had not finished is nobody's", async () => {
  const long = { ...task, resolved: { ...resolved, epochs: 1_000_000 } };
  const stop = new AbortController();
  const training = trainOnThreads(long, { first, threads: 1, signal: stop.signal });
  const next = training.next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: [] });
}, 60_000);

test("a network that comes to no good end on a thread is left to the leading thread, which says why", async () => {
  const hurried = { ...task, time: 1e-6 };
  const found = await drain(trainOnThreads(hurried, { first, threads: 1 }));
  expect(found).toEqual([]);
  const { job: short } = membersPlan(hurried);
  const clock = () => performance.now() / 1000;
  await expect(drain(trainMembers(short, { ...options, clock, finished: [first, ...found] }))).rejects.toMatchObject({
    code: "members/time",
  });
}, 60_000);
