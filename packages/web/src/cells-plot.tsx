/** A chart of colored cells in SVG: read by the pointer and by arrow keys; what it shows stands in a table beside it. */
import { useEffect, useRef, useState } from "preact/hooks";

/** A cell, in fractions of the plane from its upper left corner. */
export interface PlotCell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Any color of CSS. */
  readonly color: string;
}

/** A point on the cells, in fractions of the plane. */
export interface CellPoint {
  readonly x: number;
  readonly y: number;
  /** A custom property of the style sheet. */
  readonly color: string;
}

/** What a chart of cells shows. */
export interface CellsPlotProps {
  readonly title: string;
  readonly cells: readonly PlotCell[];
  /** Points that are drawn on the cells; none by default. */
  readonly points?: readonly CellPoint[];
  /** Texts along the axes, at fractions of the plane from its upper left corner. */
  readonly xTicks: readonly (readonly [at: number, text: string])[];
  readonly yTicks: readonly (readonly [at: number, text: string])[];
  /** Places that are read, across and down, and what is read there. */
  readonly columns: number;
  readonly rows: number;
  readonly textAt: (column: number, row: number) => string;
  /** In pixels of the page; 220 by default. */
  readonly height?: number;
}

const WIDTH = 480;
const EDGE = { left: 96, right: 8, top: 4, bottom: 24 } as const;

const STEPS: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The chart; what is read stands above it. */
export function CellsPlot(props: CellsPlotProps) {
  const { title, cells, points = [], xTicks, yTicks, columns, rows, textAt, height = 220 } = props;
  const [at, setAt] = useState<readonly [column: number, row: number] | undefined>(undefined);
  const plane = useRef<SVGSVGElement>(null);
  const shown = useRef(props);
  shown.current = props;
  const [wide, high] = [WIDTH - EDGE.left - EDGE.right, height - EDGE.top - EDGE.bottom];
  useEffect(() => {
    const element = plane.current;
    element?.addEventListener("pointermove", ({ clientX, clientY, movementX, movementY }) => {
      // a page that scrolls below the pointer takes no keys from who reads by them
      if (movementX === 0 && movementY === 0) return;
      const { columns: across, rows: down } = shown.current;
      const box = element.getBoundingClientRect();
      const x = (((clientX - box.left) / box.width) * WIDTH - EDGE.left) / wide;
      const y = (((clientY - box.top) / box.height) * height - EDGE.top) / high;
      const isOn = x >= 0 && x < 1 && y >= 0 && y < 1;
      setAt(isOn ? [Math.floor(x * across), Math.floor(y * down)] : undefined);
    });
    element?.addEventListener("pointerleave", () => {
      if (document.activeElement !== element) setAt(undefined);
    });
    element?.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const { columns: across, rows: down } = shown.current;
      setAt((last) => {
        if (last === undefined) return [0, 0];
        const [column, row] = [last[0] + step[0], last[1] + step[1]];
        return [Math.min(across - 1, Math.max(0, column)), Math.min(down - 1, Math.max(0, row))];
      });
    });
  }, []);
  const toX = (x: number): number => EDGE.left + x * wide;
  const toY = (y: number): number => EDGE.top + y * high;
  const [column, row] = at ?? [0, 0];
  const isRead = at !== undefined && column < columns && row < rows;
  return (
    <figure class="plot">
      <figcaption>
        {title}
        <span class="where" aria-live="polite">
          {isRead ? textAt(column, row) : ""}
        </span>
      </figcaption>
      <svg
        ref={plane}
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="group"
        aria-label={`${title}. Arrow keys read it.`}
        tabindex={0}
      >
        {[...Map.groupBy(cells, ({ color }) => color)].map(([color, same]) => (
          <path key={color} style={{ fill: color }} d={same.map((cell) => pathOf(cell, toX, toY)).join("")} />
        ))}
        <rect class="frame" x={toX(0)} y={toY(0)} width={wide} height={high} />
        {points.map((point, i) => (
          <circle
            key={String(i)}
            cx={toX(point.x)}
            cy={toY(point.y)}
            r="2.5"
            style={{ fill: `var(--${point.color})`, stroke: "var(--paper)", strokeWidth: 0.75 }}
          />
        ))}
        {isRead && (
          <rect
            class="cursor"
            x={toX(column / columns)}
            y={toY(row / rows)}
            width={wide / columns}
            height={high / rows}
          />
        )}
        {yTicks.map(([place, text]) => (
          <text key={`${place} ${text}`} x={EDGE.left - 6} y={toY(place) + 4} text-anchor="end">
            {text.length > 14 ? `…${text.slice(-13)}` : text}
          </text>
        ))}
        {xTicks.map(([place, text], i) => (
          <text
            key={`${place} ${text}`}
            x={toX(place)}
            y={height - 6}
            text-anchor={i === 0 ? "start" : i === xTicks.length - 1 ? "end" : "middle"}
          >
            {text}
          </text>
        ))}
      </svg>
    </figure>
  );
}

function pathOf({ x, y, width, height }: PlotCell, toX: (x: number) => number, toY: (y: number) => number): string {
  // a little more than the cell, so that no gap shines through
  const [left, right] = [toX(x), toX(x + width) + 0.3];
  const [top, bottom] = [toY(y), toY(y + height) + 0.3];
  return `M${left.toFixed(1)} ${top.toFixed(1)}H${right.toFixed(1)}V${bottom.toFixed(1)}H${left.toFixed(1)}Z`;
}

/** A color so far between paper and a custom property of the style sheet, in steps that are seen. */
export function mixed(name: string, share: number): string {
  const percent = 10 * Math.round(10 * Math.min(1, Math.max(0, share)));
  return `color-mix(in srgb, var(--${name}) ${percent}%, var(--paper))`;
}
