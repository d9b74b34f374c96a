/**
 * How the benchmark talks to an engine in a process of its own: one JSON object a line, each answered by one.
 * `{"prepare": name, "folder": …}` is answered by `{"version": "of the engine"}`; `{"run": seconds}` by
 * `{"microseconds": [...]}`, one figure a sample, with `"scaled": 50` where the engine timed a part of the workload and
 * multiplied; `{"costs": steps, "seconds": limit}` by `{"costs": [...]}`, what each step from fresh weights reports, as
 * many as the limit allows and at least two. `{"missing": "reason"}` answers what cannot be done.
 */
export interface EngineUnderTest {
  /** The engine's version. An error says why the engine cannot run the workload. */
  prepare(workload: string, folder: string): Promise<string>;
  /** Runs one step, or one whole round where the workload repeats models. */
  step(): Promise<void>;
  /** From fresh weights: each call runs a step and gives the cost it reports. */
  begin(): Promise<() => Promise<number>>;
  /** A step does only the part 1 / `scaled` of the workload. */
  scaled?(): number;
}

/** A step that takes longer is a sample of its own. */
const SLOW_MICROSECONDS = 1e6;

/** Answers requests from standard input until it ends. */
export async function serve(
  engine: EngineUnderTest,
  lines: AsyncIterable<string>,
  write: (line: string) => void,
): Promise<void> {
  for await (const line of lines) {
    const request = JSON.parse(line) as Request;
    // whatever goes wrong, the others go on
    const answer = await respond(engine, request).catch((error: unknown) => ({
      missing: error instanceof Error ? error.message : String(error),
    }));
    write(JSON.stringify(answer));
  }
}

interface Request {
  readonly prepare?: string;
  readonly folder?: string;
  readonly run?: number;
  readonly costs?: number;
  readonly seconds?: number;
}

async function respond(engine: EngineUnderTest, request: Request): Promise<object> {
  const { prepare, folder = "", run = 0.5, costs, seconds = Number.POSITIVE_INFINITY } = request;
  if (prepare !== undefined) return { version: await engine.prepare(prepare, folder) };
  if (costs !== undefined) return { costs: await firstCosts(engine, costs, seconds) };
  const scaled = engine.scaled?.() ?? 1;
  const microseconds = (await sample(engine, run)).map((figure) => figure * scaled);
  return scaled === 1 ? { microseconds } : { microseconds, scaled };
}

async function firstCosts(engine: EngineUnderTest, steps: number, seconds: number): Promise<readonly number[]> {
  const end = performance.now() + seconds * 1000;
  const step = await engine.begin();
  const all: number[] = [];
  while (all.length < steps && (all.length < 2 || performance.now() < end)) all.push(await step());
  return all;
}

/** Samples of at least 200 microseconds each, for so many seconds and at least three; one suffices of slow steps. */
async function sample(engine: EngineUnderTest, seconds: number): Promise<readonly number[]> {
  const time = async (steps: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) await engine.step();
    return (performance.now() - start) * 1000;
  };
  const end = performance.now() + seconds * 1000;
  let steps = 1;
  let took = await time(steps);
  const samples = took > SLOW_MICROSECONDS ? [took] : [];
  while (took < 200 && steps < 1e6) {
    steps *= 2;
    took = await time(steps);
  }
  while (performance.now() < end || (samples.length < 3 && took <= SLOW_MICROSECONDS)) {
    samples.push((await time(steps)) / steps);
  }
  return samples;
}
