/** Paths that optimizers take over a ground given as a graph. */
import { buildOptimizer, compile, grad, type Optimizer, reference, scalar, state, type Tensor } from "nabla";
import type { Point } from "./chart.ts";

/** A cost of two numbers. */
export type Ground = (x: Tensor, y: Tensor) => Tensor;

/** The points of `steps` steps in float64, the start first; it ends early where `over` says so. */
export async function walk(
  optimizer: Optimizer,
  { ground, start, steps, over }: { ground: Ground; start: Point; steps: number; over?: (point: Point) => boolean },
): Promise<Point[]> {
  const [x, y] = [state("x", scalar(start[0], "float64")), state("y", scalar(start[1], "float64"))];
  const parameters = new Map([
    ["x", x],
    ["y", y],
  ]);
  const [dx = x, dy = y] = grad(ground(x, y), [x, y]);
  const gradients = new Map([
    ["x", dx],
    ["y", dy],
  ]);
  const built = buildOptimizer(optimizer, parameters, gradients);
  const updates = [...parameters].map(([path, tensor]) => [tensor, built.parameters.get(path) ?? tensor] as const);
  const program = await compile(
    { inputs: [...built.inputs.values()], outputs: {}, updates: [...updates, ...built.slots.values()] },
    { engine: reference },
  );
  const feeds = { rate: optimizer.rate };
  const points: Point[] = [start];
  for (let step = 1; step <= steps; step++) {
    built.feed(built.settings, step, feeds);
    await program.run(feeds);
    const [here, there] = [await program.read(x), await program.read(y)];
    const point: Point = [here.data[0] ?? 0, there.data[0] ?? 0];
    points.push(point);
    if (over?.(point)) break;
  }
  return points;
}

/** Ellipses of equal a·x² + b·y², one for each level. */
export function ellipses(a: number, b: number, levels: readonly number[]): Point[][] {
  return levels.map((level) =>
    Array.from({ length: 73 }, (_, i): Point => {
      const angle = (i * Math.PI) / 36;
      return [Math.sqrt(level / a) * Math.cos(angle), Math.sqrt(level / b) * Math.sin(angle)];
    }),
  );
}
