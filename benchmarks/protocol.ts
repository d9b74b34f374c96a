/**
 * How the benchmark talks to an engine in a process of its own: one JSON object a line. `{"prepare": name, "folder": …}`
 * is answered by `{"ready": true}` or `{"missing": "reason"}`; `{"run": seconds}` by `{"microseconds": [...]}`, one
 * figure a sample; `{"cost": steps}` by `{"cost": number}`, the cost at that step from fresh weights.
 */
export interface EngineUnderTest {
  prepare(workload: string, folder: string): Promise<string | undefined>;
  /** Runs one step, or one whole round where the workload repeats models. */
  step(): Promise<void>;
  /** The cost that the step with this number (from 0) reports, from fresh weights. */
  costAt(step: number): Promise<number>;
}

/** Answers requests from standard input until it ends. */
export async function serve(
  engine: EngineUnderTest,
  lines: AsyncIterable<string>,
  write: (line: string) => void,
): Promise<void> {
  for await (const line of lines) {
    const request = JSON.parse(line) as { prepare?: string; folder?: string; run?: number; cost?: number };
    if (request.prepare !== undefined) {
      const missing = await engine.prepare(request.prepare, request.folder ?? "");
      write(JSON.stringify(missing === undefined ? { ready: true } : { missing }));
    } else if (request.cost !== undefined) write(JSON.stringify({ cost: await engine.costAt(request.cost) }));
    else write(JSON.stringify({ microseconds: await sample(engine, request.run ?? 0.5) }));
  }
}

/** Samples of at least 200 microseconds each, for so many seconds. */
async function sample(engine: EngineUnderTest, seconds: number): Promise<readonly number[]> {
  const time = async (steps: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) await engine.step();
    return (performance.now() - start) * 1000;
  };
  let steps = 1;
  while ((await time(steps)) < 200 && steps < 1e6) steps *= 2;
  const samples: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || samples.length < 3) samples.push((await time(steps)) / steps);
  return samples;
}
