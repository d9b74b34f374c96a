import { hostScope } from "../base/host-scope.ts";
import type { Engine } from "../engine/contract.ts";
import { now } from "../engine/threads/host.ts";
import { isWebThread, serveWebThread, sharesMemory, webThreads } from "../engine/threads/web-threads.ts";
import { wasmWith } from "../engine/wasm/engine.ts";
import type { Signal } from "../nn/layer.ts";
import type { Job } from "../train/job.ts";
import { train } from "../train/train.ts";
import type { Training } from "../train/training.ts";
import {
  errorAsData,
  messageOf,
  type Reply,
  type Request,
  type TrainingPort,
  type TrainingQuestion,
} from "./messages.ts";

/** Makes the job of a training from what the page sent; it may read files and addresses itself. */
export type JobMaker<Input, In extends Signal, Out extends Signal> = (
  input: Input,
) => Job<In, Out> | Promise<Job<In, Out>>;

type Begin = Extract<Request, { kind: "begin" }>;
type Ask = Extract<Request, { kind: "ask" }>;

/**
 * The worker's side of `trainInWorker`: makes a job of each training that the page begins, and trains it. The port is the
 * worker's own scope unless another is given. Where the page is cross-origin isolated, threads share the work of large networks: more
 * workers of the same script, in which this call is all that should happen. Elsewhere one thread computes, and one line on the
 * console says which headers are missing.
 *
 * ```ts
 * // digits-worker.ts
 * serveTrainings(async (url: string) => ({ model, loss: softmaxCrossEntropy(), optimizer: adam(), train: await read(url) }));
 * ```
 */
export function serveTrainings<Input, In extends Signal, Out extends Signal>(
  makeJob: JobMaker<Input, In, Out>,
  port: TrainingPort = hostScope<TrainingPort>(),
): void {
  if (isWebThread()) {
    serveWebThread();
    return;
  }
  const engine = threadedEngine();
  const served = new Map<number, ServedTraining>();
  port.addEventListener("message", (event) => {
    const request = messageOf<Request>(event);
    if (request === undefined) return;
    if (request.kind === "begin") {
      const training = new ServedTraining(request, port);
      served.set(request.nabla, training);
      const job = async (): Promise<Job<In, Out>> => withEngine(await makeJob(request.input as Input), engine);
      void training.run(job).finally(() => served.delete(request.nabla));
    } else served.get(request.nabla)?.take(request);
  });
  port.start?.();
}

/** The engine of a worker whose page lets memory be shared; undefined elsewhere, where the default does as well. */
function threadedEngine(): Engine | undefined {
  const host = webThreads();
  if (host !== undefined) return wasmWith({ host });
  if (sharesMemory() === false) tellHeaders();
  return undefined;
}

/** Says once a worker what would let threads share the work. */
function tellHeaders(): void {
  const { console } = hostScope<{ readonly console?: { info(text: string): void } }>();
  console?.info(
    "nabla trains on one thread: more need a page, and this script, that are sent with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
  );
}

function withEngine<In extends Signal, Out extends Signal>(
  job: Job<In, Out>,
  engine: Engine | undefined,
): Job<In, Out> {
  return engine === undefined || job.engine !== undefined ? job : { ...job, engine };
}

/** A training that stops at an event when it is as far ahead of the page as it may be, and answers between events. */
class ServedTraining {
  readonly #begin: Begin;
  readonly #port: TrainingPort;
  readonly #asked: Ask[] = [];
  #allowed: number;
  #isLeft = false;
  /** Continues a training that waits. */
  #wake: () => void = () => undefined;

  constructor(begin: Begin, port: TrainingPort) {
    this.#begin = begin;
    this.#port = port;
    this.#allowed = begin.ahead + 1;
  }

  take(request: Exclude<Request, Begin>): void {
    if (request.kind === "more") this.#allowed += 1;
    else if (request.kind === "ask") this.#asked.push(request);
    else this.#isLeft = true;
    this.#wake();
  }

  async run<In extends Signal, Out extends Signal>(makeJob: () => Job<In, Out> | Promise<Job<In, Out>>): Promise<void> {
    try {
      await this.#train(await makeJob());
      this.#send({ kind: "done" });
    } catch (error) {
      this.#send({ kind: "failed", error: errorAsData(error) });
    }
    for (const { call } of this.#asked.splice(0)) this.#send({ kind: "failed", call, error: LEFT });
  }

  async #train<In extends Signal, Out extends Signal>(job: Job<In, Out>): Promise<void> {
    const training = train(job, { ...this.#begin.options, clock: () => now() / 1000 });
    for await (const event of training) {
      this.#send({ kind: "event", event });
      this.#allowed -= 1;
      await this.#answer(training);
      // the last event waits for nobody's permission, and stays for questions until the page has all it wants
      while (!this.#isLeft && (this.#allowed <= 0 || event.kind === "end")) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        await this.#answer(training);
      }
      if (this.#isLeft) return;
    }
  }

  async #answer<In extends Signal, Out extends Signal>(training: Training<In, Out>): Promise<void> {
    for (const { call, question } of this.#asked.splice(0)) {
      try {
        this.#send({ kind: "answer", call, value: await answerTo(question, training) });
      } catch (error) {
        this.#send({ kind: "failed", call, error: errorAsData(error) });
      }
    }
  }

  #send(reply: ReplyBody): void {
    this.#port.postMessage({ nabla: this.#begin.nabla, ...reply });
  }
}

type ReplyBody = Reply extends infer R ? (R extends Reply ? Omit<R, "nabla"> : never) : never;

const LEFT = { code: "train/left", sentence: "the training was left before it could answer" };

async function answerTo<In extends Signal, Out extends Signal>(
  question: TrainingQuestion,
  training: Training<In, Out>,
): Promise<unknown> {
  if (question.name === "change") return await training.change(...question.args);
  if (question.name === "checkpoint") return await training.checkpoint();
  return (await training.model(...question.args)).weights;
}
