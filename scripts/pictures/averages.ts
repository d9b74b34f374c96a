/** Pictures of exponentially weighted averages. */
import { ewa } from "nabla";
import { drawCharts, type Mark, type Point } from "./chart.ts";
import { temperatures } from "./data.ts";

function averaged(values: readonly number[], beta: number, correct: boolean): Point[] {
  const average = ewa(beta, { correct });
  return values.map((value, day) => [day + 1, average.add(value)]);
}

const days = { label: "day" };
const degrees = { label: "degrees" };

export async function temperatureAverages(): Promise<string> {
  const values = temperatures();
  const dots: Mark = { kind: "dots", color: "faint", points: values.map((value, day) => [day + 1, value]), size: 2.2 };
  const lines = [0.5, 0.9, 0.98].map((beta, i): Mark => {
    return {
      kind: "line",
      color: [3, 1, 2][i] ?? 0,
      label: `β = ${beta}`,
      points: averaged(values, beta, true),
      size: i === 0 ? 1.2 : 2.4,
    };
  });
  return drawCharts({
    title: "180 days of temperatures and their averages",
    x: days,
    y: degrees,
    marks: [dots, ...lines],
  });
}

export async function biasCorrection(): Promise<string> {
  const values = temperatures().slice(0, 60);
  return drawCharts({
    title: "The start of an average with β = 0.98",
    x: days,
    y: { ...degrees, from: 0 },
    marks: [
      { kind: "dots", color: "faint", points: values.map((value, day) => [day + 1, value]), size: 2.6 },
      { kind: "line", color: 4, label: "from 0", points: averaged(values, 0.98, false) },
      { kind: "line", color: 2, label: "corrected", points: averaged(values, 0.98, true) },
    ],
  });
}

export async function averageWeights(): Promise<string> {
  const charts = [0.5, 0.9, 0.98].map((beta, i) => ({
    title: `β = ${beta}`,
    x: { label: "days back", from: -1.5, to: 61, ticks: [0, 20, 40, 60] },
    y: { label: "weight", from: 0, to: [0.5, 0.1, 0.02][i] ?? 1 },
    marks: [
      {
        kind: "bars" as const,
        color: [3, 1, 2][i] ?? 0,
        size: 2,
        points: Array.from({ length: 61 }, (_, back): Point => [back, (1 - beta) * beta ** back]),
      },
    ],
  }));
  return drawCharts(...charts);
}
