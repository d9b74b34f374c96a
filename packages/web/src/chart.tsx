/** A chart of lines: a canvas for who sees it, arrow keys and a table for who does not. */

import { logTicks, rangeOf } from "@nabla/workbench/text";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { type ChartLine, type ChartMark, colorOf, drawLines, valueNear } from "./chart-lines.ts";
import { NumbersTable } from "./numbers-table.tsx";

/** What a chart shows. */
export interface ChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** Signs at places of the x axis; none by default. */
  readonly marks?: readonly ChartMark[];
  readonly xName: string;
  readonly xText: (value: number) => string;
  /** Whether x counts something, as epochs and steps, so that there is nothing to mark between two. */
  readonly xWhole: boolean;
  readonly yText: (value: number) => string;
  /** Whether the y axis is logarithmic; not by default. */
  readonly log?: boolean;
  /** In pixels of the page; 240 by default. */
  readonly height?: number;
}

/** Lines that are named below the chart; more would be a second table. */
const NAMED = 12;

/** Distances of ticks that count: 1, 2 and 5, and so many tens of them. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();

/** Rows of the table behind a chart. */
const LISTED = 40;

/** The chart, with its legend and the table behind it. */
export function Chart(props: ChartProps) {
  const { title, lines, marks = [], xName, xText, xWhole, yText, log = false, height = 240 } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shown = useRef({ lines, marks });
  const [at, setAt] = useState<number | undefined>(undefined);
  shown.current = { lines, marks };
  const x = useMemo(
    () =>
      rangeOf(
        lines.flatMap((line) => [line.x[0] ?? Number.NaN, line.x.at(-1) ?? Number.NaN]),
        { room: 0.01 },
      ),
    [lines],
  );
  const y = useMemo(() => rangeOf(valuesOf(lines), { log }), [lines, log]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(
      optionsOf({ width: element.clientWidth, height, log, xText, xWhole, yText, shown }),
      [[], []],
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => made.redraw(false, true);
    dark.addEventListener("change", repaint);
    made.over.addEventListener("mousemove", ({ offsetX }) => setAt(made.posToVal(offsetX, "x")));
    made.over.addEventListener("mouseleave", () => setAt(undefined));
    return () => {
      dark.removeEventListener("change", repaint);
      resized.disconnect();
      made.destroy();
    };
  }, [height, log, xText, xWhole, yText]);

  useEffect(() => {
    const made = plot.current;
    if (made === undefined) return;
    made.batch(() => {
      made.setData(
        [
          [x.from, x.to],
          [y.from, y.to],
        ],
        false,
      );
      made.setScale("x", { min: x.from, max: x.to });
      made.setScale("y", { min: y.from, max: y.to });
    });
    made.redraw(false, true);
  }, [x, y, lines, marks, height, log, xText, yText]);

  const step = (by: number): void => {
    const [first] = lines;
    if (first === undefined || first.x.length === 0) return;
    const now = at === undefined ? (by > 0 ? -1 : first.x.length) : first.x.findIndex((one) => one >= at);
    setAt(first.x[Math.max(0, Math.min(first.x.length - 1, now + by))]);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => setAt(lines[0]?.x[0]),
    End: () => setAt(lines[0]?.x.at(-1)),
    Escape: () => setAt(undefined),
  };
  const here = at === undefined ? undefined : valueNear(lines[0] ?? { x: [], y: [] }, at)?.x;
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <span class="where">{here === undefined ? "" : `${xName} ${xText(here)}`}</span>
      </figcaption>
      <div
        class="plane"
        ref={place}
        tabIndex={0}
        role="group"
        aria-label={`${title} over ${xName}. Arrow keys read the values; the table below has them all.`}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          act();
        }}
      />
      <Legend {...props} at={at} />
      <Numbers {...props} xText={xText} />
    </figure>
  );
}

function* valuesOf(lines: readonly ChartLine[]): Iterable<number> {
  for (const { y, smooth, band } of lines) {
    yield* y;
    if (band !== undefined) {
      yield* band.low;
      yield* band.high;
    }
    if (smooth !== undefined) yield* smooth.y;
  }
}

interface PlotOptions extends Required<Pick<ChartProps, "height" | "log" | "xText" | "xWhole" | "yText">> {
  readonly width: number;
  readonly shown: { readonly current: { readonly lines: readonly ChartLine[]; readonly marks: readonly ChartMark[] } };
}

function optionsOf({ width, height, log, xText, xWhole, yText, shown }: PlotOptions): uPlot.Options {
  const axis = {
    stroke: () => colorOf("muted"),
    grid: { stroke: () => colorOf("rule"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: true } },
    scales: { x: { time: false, auto: false }, y: { distr: log ? 3 : 1, auto: false } },
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [
      {
        ...axis,
        ...{ grid: { show: false }, size: 28, gap: 4 },
        values: (_, values) => values.map(xText),
        ...(xWhole ? { incrs: WHOLE_STEPS } : {}),
      },
      {
        ...axis,
        size: 58,
        gap: 4,
        values: (_, values) => values.map(yText),
        ...(log
          ? {
              splits: (_: uPlot, _axis: number, from: number, to: number) => [...logTicks({ from, to }, height / 32)],
              filter: (_: uPlot, splits: number[]) => splits,
            }
          : {}),
      },
    ],
    hooks: { draw: [(plot) => drawLines(plot, shown.current.lines, shown.current.marks)] },
  };
}

function Legend({ lines, marks = [], yText, at }: ChartProps & { readonly at: number | undefined }) {
  const named = lines.filter(({ unnamed }) => unnamed !== true);
  const near = at === undefined ? [] : marks.filter((mark) => Math.abs(mark.x - at) <= nearness(lines));
  return (
    <div class="legend" aria-live="polite">
      {named.slice(0, NAMED).map((line) => {
        const value = at === undefined ? undefined : valueNear(line, at);
        return (
          <span key={line.key} class="entry">
            <svg width="18" height="8" aria-hidden="true">
              <line
                x1="0"
                y1="4"
                x2="18"
                y2="4"
                stroke={`var(--${line.color})`}
                stroke-width="2.5"
                stroke-dasharray={line.dashed ? "4 3" : "none"}
              />
            </svg>
            {line.name}
            <b>{value === undefined ? "" : yText(value.y)}</b>
          </span>
        );
      })}
      {named.length > NAMED && <span class="entry">and {named.length - NAMED} more</span>}
      {named.length < lines.length && <span class="entry muted">dashed: train</span>}
      {near.map(({ text }) => (
        <span key={text} class="entry what">
          {text}
        </span>
      ))}
    </div>
  );
}

/** How near to a mark the cursor tells of it: a fiftieth of the axis. */
function nearness(lines: readonly ChartLine[]): number {
  const { from, to } = rangeOf(lines.flatMap(({ x }) => [x[0] ?? Number.NaN, x.at(-1) ?? Number.NaN]));
  return (to - from) / 50;
}

function Numbers({ title, lines, xName, xText, yText }: ChartProps) {
  const named = lines.slice(0, NAMED);
  const cell = (line: ChartLine, place: number): string => {
    const near = valueNear(line, place);
    return near === undefined || near.x !== place ? "" : yText(near.y);
  };
  return (
    <NumbersTable
      title={title}
      head={[xName, ...named.map(({ name }) => name)]}
      rows={() => rowsOf(lines).map((place) => [xText(place), ...named.map((line) => cell(line, place))])}
    />
  );
}

/** Places of the table: those of the lines, evenly thinned. */
function rowsOf(lines: readonly ChartLine[]): readonly number[] {
  const all = [...new Set(lines.slice(0, NAMED).flatMap(({ x }) => x))].sort((a, b) => a - b);
  if (all.length <= LISTED) return all;
  return Array.from({ length: LISTED }, (_, i) => all[Math.round((i * (all.length - 1)) / (LISTED - 1))] ?? 0);
}
