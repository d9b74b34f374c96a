/** Runs as lines over the settings that differ and the measure that decides; what is brushed is the selection of the table. */
import type { RunCell, RunPage } from "@nabla/workbench";
import { number, percent } from "@nabla/workbench/text";
import { useEffect, useMemo } from "preact/hooks";
import { parameter } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { brushed, ParallelAxes, type ParallelAxis, type ParallelLine } from "./parallel-axes.tsx";
import { select, selection } from "./selection.ts";
import { changes } from "./server.ts";
import { countText } from "./text.ts";

/** Runs that are drawn, and axes. */
const MOST = { runs: 500, axes: 12 } as const;

/** Where numbers reach so far that a line would hide the small ones. */
const WIDE = 100;

/** The panel beside the table that shows its runs as lines. */
export function RunsParallel({ query }: { readonly query: string }) {
  const { data } = useAnswer<RunPage>(`/api/runs?${query}&count=${MOST.runs}`, changes.value);
  const { axes, lines } = useMemo(() => (data === undefined ? { axes: [], lines: [] } : drawn(data)), [data]);
  const brush = parameter("brush");
  useEffect(() => {
    if (brush !== "" && lines.length > 0) select([...(brushed(axes, lines) ?? [])]);
  }, [brush, lines]);
  if (data === undefined) return null;
  if (axes.length < 2)
    return <p class="muted">These runs have the same settings. Lines begin where settings differ.</p>;
  const chosen = selection();
  return (
    <>
      <p class="muted">Drag along an axis to select the runs that pass there; the best tenth is orange.</p>
      <ParallelAxes
        axes={axes}
        lines={lines}
        chosen={chosen.length === 0 ? undefined : new Set(chosen)}
        label="Runs as lines over their settings"
      />
      {data.rows > MOST.runs && <p class="muted">The first {countText(MOST.runs)} runs of the table.</p>}
    </>
  );
}

function drawn({ groups, differing, decides }: RunPage): {
  readonly axes: readonly ParallelAxis[];
  readonly lines: readonly ParallelLine[];
} {
  const all = groups.map(({ line }) => line);
  const { name, better, isShare } = decides[0] ?? ({ name: "dev.error", better: "less", isShare: true } as const);
  const sign = better === "less" ? 1 : -1;
  const scales = [
    ...differing
      .filter((setting) => setting !== "seed")
      .slice(0, MOST.axes)
      .map((setting) => ({
        name: setting,
        ...scaleOf(
          all.map(({ settings }) => settings[setting]),
          number,
        ),
      })),
    {
      name,
      ...scaleOf(
        all.map(({ measures }) => measures[name]),
        isShare ? percent : number,
      ),
    },
  ];
  const errors = all
    .flatMap(({ measures: { [name]: value } }) => (typeof value === "number" ? [sign * value] : []))
    .sort((a, b) => a - b);
  const limit = errors[Math.max(0, Math.ceil(errors.length / 10) - 1)] ?? Number.NEGATIVE_INFINITY;
  return {
    axes: scales.map(({ name: axis, ticks }) => ({ name: axis, ticks })),
    lines: all.map(({ id, measures: { [name]: value } }, i) => {
      const isStrong = typeof value === "number" && sign * value <= limit;
      return {
        key: id,
        units: scales.map(({ units }) => units[i] ?? null),
        color: isStrong ? "dev" : "train",
        isStrong,
      };
    }),
  };
}

interface Scale {
  readonly ticks: ParallelAxis["ticks"];
  readonly units: readonly (number | null)[];
}

/** Numbers from the least to the largest, by their powers where they reach far; anything else evenly, in its order. */
function scaleOf(cells: readonly (RunCell | undefined)[], text: (value: number) => string): Scale {
  const numbers = cells.filter((cell) => typeof cell === "number");
  if (numbers.length > 0 && cells.every((cell) => typeof cell === "number" || cell === undefined || cell === null)) {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const isLog = low > 0 && high / low > WIDE;
    const place = isLog ? Math.log : (value: number): number => value;
    const width = place(high) - place(low);
    const at = (unit: number): number => (isLog ? Math.exp(place(low) + unit * width) : low + unit * width);
    return {
      ticks: (width === 0 ? [0.5] : [0, 0.5, 1]).map((unit) => [unit, text(Number(at(unit).toPrecision(3)))]),
      units: cells.map((cell) =>
        typeof cell !== "number" ? null : width === 0 ? 0.5 : (place(cell) - place(low)) / width,
      ),
    };
  }
  const words = [
    ...new Set(cells.flatMap((cell) => (cell === undefined || cell === null ? [] : [String(cell)]))),
  ].sort();
  const unitOf = (word: string): number => (words.length < 2 ? 0.5 : words.indexOf(word) / (words.length - 1));
  return {
    ticks:
      words.length > 8 ? [] : words.map((word) => [unitOf(word), word.length > 14 ? `${word.slice(0, 13)}…` : word]),
    units: cells.map((cell) => (cell === undefined || cell === null ? null : unitOf(String(cell)))),
  };
}
