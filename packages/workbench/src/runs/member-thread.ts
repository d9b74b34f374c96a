/** A thread that trains one network of several after the other, until it is told to end. */
import { parentPort, workerData } from "node:worker_threads";
import { type ByPath, compact, memberJob, type NdArray, type Run, type TrainingEvent, train } from "nabla";
import { type MembersTask, membersPlan } from "./members-task.ts";

/** What a thread starts with. */
export interface MemberThreadData {
  readonly task: MembersTask;
  /** One int32: 1 once what is going on should stop. */
  readonly control: SharedArrayBuffer;
}

/** From the leading thread. */
export type MemberRequest = { readonly kind: "train"; readonly member: number } | { readonly kind: "end" };

/** To the leading thread: how a training goes on, and at last what it came to, or nothing where it came to nothing. */
export type MemberReply =
  | { readonly kind: "event"; readonly event: TrainingEvent }
  | { readonly kind: "ended"; readonly trained?: TrainedMember };

/** A network that was trained, as plain data. */
export interface TrainedMember {
  readonly run: Omit<Run, "trained">;
  readonly weights: ByPath<NdArray>;
}

/** Seconds between two epochs that are told of. */
const PACE = 0.1;

const { task, control } = workerData as MemberThreadData;
const words = new Int32Array(control);
const { job, options } = membersPlan(task);

const clock = (): number => performance.now() / 1000;
const say = (reply: MemberReply): void => parentPort?.postMessage(reply);

/** Nothing for a training that was stopped. */
async function trained(member: number): Promise<TrainedMember | undefined> {
  const training = train(memberJob(job, options, member), { clock, progress: options.progress });
  let told = Number.NEGATIVE_INFINITY;
  for await (const event of training) {
    if (Atomics.load(words, 0) === 1) return undefined;
    if (event.kind === "end") break;
    if (clock() - told < PACE) continue;
    // the start is told of, and the first epoch after it
    if (event.kind !== "start") told = clock();
    say({ kind: "event", event });
  }
  const { trained: model, ...run } = await training.result();
  return { run, weights: model.weights };
}

parentPort?.on("message", async (request: MemberRequest) => {
  // a thread that is stopped from outside while it loads a native library takes the process with it, so it ends by itself
  if (request.kind === "end") parentPort?.close();
  // what goes wrong here goes wrong in the leading thread again, which says so
  else say({ kind: "ended", ...compact({ trained: await trained(request.member).catch(() => undefined) }) });
});
