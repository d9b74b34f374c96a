/** Curves of several seeds of one setting as one: their mean, and a band of one standard deviation around it. */
import type { RunCurve } from "@nabla/workbench";
import type { ChartLine } from "./chart-lines.ts";

/** Mean and band of curves of one measure, at the places that at least two of them have; undefined for none. */
export function meanCurve(curves: readonly RunCurve[]): Pick<ChartLine, "x" | "y" | "band"> | undefined {
  const found = new Map<number, number[]>();
  for (const { x, y } of curves)
    for (const [i, at] of x.entries()) {
      const values = found.get(at) ?? [];
      values.push(y[i] ?? 0);
      found.set(at, values);
    }
  const places = [...found].filter(([, values]) => values.length > 1).sort(([a], [b]) => a - b);
  if (places.length === 0) return undefined;
  const spread = places.map(([, values]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
  });
  return {
    x: places.map(([at]) => at),
    y: spread.map(({ mean }) => mean),
    band: {
      low: spread.map(({ mean, deviation }) => mean - deviation),
      high: spread.map(({ mean, deviation }) => mean + deviation),
    },
  };
}
