/** Things as lines over parallel axes; parts of axes are brushed, and what passes through all of them is selected. */
import { linePath } from "@nabla/workbench/text";
import { useRef } from "preact/hooks";
import { parameter, setParameters } from "./address.ts";

/** An axis from 0 to 1. */
export interface ParallelAxis {
  readonly name: string;
  readonly ticks: readonly (readonly [unit: number, text: string])[];
}

/** A line: a place on each axis, or null where it has none. */
export interface ParallelLine {
  readonly key: string;
  readonly units: readonly (number | null)[];
  readonly color: string;
  /** Drawn above others. */
  readonly isStrong: boolean;
}

/** The part of an axis that is brushed. */
export interface Brush {
  readonly from: number;
  readonly to: number;
}

/** The brushes of the address, by the name of their axis. */
function brushes(): ReadonlyMap<string, Brush> {
  return new Map(
    parameter("brush")
      .split(";")
      .flatMap((text) => {
        const [, name = "", from, to] = /^(.*):([\d.]+):([\d.]+)$/.exec(text) ?? [];
        return name === "" ? [] : [[name, { from: Number(from), to: Number(to) }] as const];
      }),
  );
}

function setBrush(name: string, brush: Brush | undefined): void {
  const all = new Map(brushes());
  if (brush === undefined) all.delete(name);
  else all.set(name, brush);
  const text = [...all]
    .map(([one, { from, to }]) => `${one}:${Number(from.toFixed(3))}:${Number(to.toFixed(3))}`)
    .join(";");
  setParameters({ brush: text, sel: "" });
}

/** Which lines pass through all brushes; undefined where nothing is brushed. */
export function brushed(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
): ReadonlySet<string> | undefined {
  const now = brushes();
  if (now.size === 0) return undefined;
  const passes = ({ units }: ParallelLine): boolean =>
    axes.every(({ name }, i) => {
      const brush = now.get(name);
      const unit = units[i];
      return brush === undefined || (unit !== null && unit !== undefined && unit >= brush.from && unit <= brush.to);
    });
  return new Set(lines.filter(passes).map(({ key }) => key));
}

const HEIGHT = 260;
const EDGE = { top: 36, bottom: 16 } as const;
/** The least distance of two axes. */
const APART = 110;
/** How far an arrow key moves a brush. */
const STEP = 0.05;

/** Draws lines over axes, of which those that are chosen stand out. */
export function ParallelAxes({
  axes,
  lines,
  chosen,
  label,
}: {
  readonly axes: readonly ParallelAxis[];
  readonly lines: readonly ParallelLine[];
  readonly chosen: ReadonlySet<string> | undefined;
  readonly label: string;
}) {
  const width = Math.max(640, APART * axes.length);
  const toX = (i: number): number => 48 + (i * (width - 128)) / Math.max(1, axes.length - 1);
  const toY = (unit: number): number => EDGE.top + (1 - unit) * (HEIGHT - EDGE.top - EDGE.bottom);
  const now = brushes();
  const isOut = ({ key }: ParallelLine): boolean => chosen !== undefined && !chosen.has(key);
  const order = lines.toSorted(
    (a, b) => Number(isOut(b)) - Number(isOut(a)) || Number(a.isStrong) - Number(b.isStrong),
  );
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={label}>
      <svg
        class="parallel"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        style={{ minWidth: `${width * 0.8}px`, maxWidth: `${width * 1.4}px` }}
      >
        <title>{label}</title>
        {order.map((line) => (
          <path
            key={line.key}
            d={pathOf(line, toX, toY)}
            fill="none"
            style={{
              stroke: `var(--${isOut(line) ? "muted" : line.color})`,
              opacity: isOut(line) ? 0.12 : line.isStrong ? 0.95 : 0.4,
            }}
            stroke-width={line.isStrong && !isOut(line) ? 2 : 1}
          />
        ))}
        {axes.map((axis, i) => (
          <AxisBar key={axis.name} axis={axis} x={toX(i)} toY={toY} brush={now.get(axis.name)} />
        ))}
      </svg>
    </div>
  );
}

function pathOf({ units }: ParallelLine, toX: (i: number) => number, toY: (unit: number) => number): string {
  return linePath(
    units.map((unit, i) => [i, unit ?? Number.NaN] as const),
    { toX, toY },
  );
}

interface AxisProps {
  readonly axis: ParallelAxis;
  readonly x: number;
  readonly toY: (unit: number) => number;
  readonly brush: Brush | undefined;
}

function AxisBar({ axis: { name, ticks }, x, toY, brush }: AxisProps) {
  const start = useRef<number | undefined>(undefined);
  const unitAt = (event: PointerEvent): number => {
    const svg = event.currentTarget instanceof SVGElement ? event.currentTarget.ownerSVGElement : null;
    const box = svg?.getBoundingClientRect();
    if (box === undefined) return 0;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    return Math.max(0, Math.min(1, 1 - (y - EDGE.top) / (HEIGHT - EDGE.top - EDGE.bottom)));
  };
  const drag = (event: PointerEvent): void => {
    if (start.current === undefined) return;
    const [a, b] = [start.current, unitAt(event)];
    if (Math.abs(a - b) > 0.01) setBrush(name, { from: Math.min(a, b), to: Math.max(a, b) });
  };
  const shift = (by: number): void => {
    const { from, to } = brush ?? (by > 0 ? { from: 0 - by, to: 0.25 - by } : { from: 0.75 - by, to: 1 - by });
    const size = to - from;
    const low = Math.max(0, Math.min(1 - size, from + by));
    setBrush(name, { from: low, to: low + size });
  };
  const widen = (by: number): void => {
    const { from, to } = brush ?? { from: 0.375, to: 0.625 };
    setBrush(name, { from: Math.max(0, from - by), to: Math.max(from, Math.min(1, to + by)) });
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowUp: () => shift(STEP),
    ArrowDown: () => shift(-STEP),
    ArrowRight: () => widen(STEP / 2),
    ArrowLeft: () => widen(-STEP / 2),
    Escape: () => setBrush(name, undefined),
  };
  const low = brush === undefined ? 0 : Math.round(brush.from * 100);
  const high = brush === undefined ? 100 : Math.round(brush.to * 100);
  return (
    <g
      class="axis"
      role="slider"
      tabindex={0}
      aria-label={`${name}: brush with the arrow keys, Escape takes it back`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={low}
      aria-valuetext={brush === undefined ? "all" : `from ${low}% to ${high}%`}
      aria-orientation="vertical"
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (act === undefined) return;
        event.preventDefault();
        act();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = unitAt(event);
      }}
      onPointerMove={drag}
      onPointerUp={(event) => {
        if (start.current !== undefined && Math.abs(start.current - unitAt(event)) <= 0.01) setBrush(name, undefined);
        start.current = undefined;
      }}
    >
      <rect x={x - 14} y={EDGE.top - 6} width="28" height={HEIGHT - EDGE.top - EDGE.bottom + 12} fill="transparent" />
      <line x1={x} x2={x} y1={toY(1)} y2={toY(0)} />
      <text x={x} y={16} text-anchor="middle" class="name">
        {name.replace(/.*\./, "")}
        <title>{name}</title>
      </text>
      {ticks.map(([unit, text]) => (
        <text key={unit} x={x + 6} y={toY(unit) + 4}>
          {text}
        </text>
      ))}
      {brush !== undefined && (
        <rect
          class="brush"
          x={x - 7}
          y={toY(brush.to)}
          width="14"
          height={Math.max(2, toY(brush.from) - toY(brush.to))}
        />
      )}
    </g>
  );
}
