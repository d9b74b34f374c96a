/** A small chart of points and lines in SVG: what it shows stands in a table or a list beside it. */

import {
  type ChartPoint,
  evenTicks,
  linePath,
  logTicks,
  placement,
  rangeOf,
  type ScaleRange,
} from "@nabla/workbench/text";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWidth } from "./element-width.ts";

/** A point that may be chosen. */
export interface PlotPoint {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** A custom property of the style sheet. */
  readonly color: string;
  readonly title: string;
  /** Whether it is drawn behind others; not by default. */
  readonly isFaint?: boolean;
  /** Whether it is the one that was chosen; not by default. */
  readonly isChosen?: boolean;
}

/** A line, or an area between two lines. */
export interface PlotLine {
  readonly key: string;
  readonly color: string;
  readonly points: readonly ChartPoint[];
  /** The other edge of an area; without it, it is a line. */
  readonly to?: readonly ChartPoint[];
  /** Whether it stays where it was until the next point. */
  readonly isSteps?: boolean;
}

/** What a chart shows. */
export interface SvgPlotProps {
  readonly title: string;
  readonly points: readonly PlotPoint[];
  readonly lines: readonly PlotLine[];
  readonly x: ScaleRange;
  readonly xTicks: readonly (readonly [x: number, text: string])[];
  readonly yText: (value: number) => string;
  /** Whether the y axis is logarithmic; not by default. */
  readonly log?: boolean;
  /** In pixels of the page, where there is so much room; 480 by default. */
  readonly width?: number;
  /** In pixels of the page; 220 by default. */
  readonly height?: number;
  /** Called with the key of a point that is chosen; without it none can be. */
  readonly onChoose?: (key: string) => void;
  /** Where an upright line marks a place of the x axis; without it there is none. */
  readonly marker?: number;
  /** Called with the place of the x axis that is clicked or dragged to; without it none can be. */
  readonly onPlace?: (x: number) => void;
}

const WIDTH = 480;
const EDGE = { left: 56, right: 12, top: 8, bottom: 24 } as const;

/** The chart; what the point under the pointer is stands below it. */
export function SvgPlot(props: SvgPlotProps) {
  const { title, points, lines, x, xTicks, yText, log = false, height = 220, marker } = props;
  const { frame, width } = useWidth<HTMLElement>(props.width ?? WIDTH);
  const [said, setSaid] = useState("");
  const plane = useRef<SVGSVGElement>(null);
  const shown = useRef({ ...props, width });
  shown.current = { ...props, width };
  useEffect(() => {
    const element = plane.current;
    const keyOf = ({ target }: Event): string | undefined =>
      target instanceof SVGElement ? target.dataset.key : undefined;
    element?.addEventListener("mousemove", (event) => {
      const key = keyOf(event);
      setSaid(shown.current.points.find((point) => point.key === key)?.title ?? "");
    });
    element?.addEventListener("click", (event) => {
      const key = keyOf(event);
      if (key !== undefined) shown.current.onChoose?.(key);
    });
    const placeAt = ({ clientX }: PointerEvent): void => {
      const { x: range, width: wide, onPlace } = shown.current;
      if (element === null || onPlace === undefined) return;
      const { left, width: drawn } = element.getBoundingClientRect();
      const across = (((clientX - left) / drawn) * wide - EDGE.left) / (wide - EDGE.left - EDGE.right);
      onPlace(range.from + Math.min(1, Math.max(0, across)) * (range.to - range.from));
    };
    element?.addEventListener("pointerdown", (event) => {
      if (shown.current.onPlace === undefined) return;
      element.setPointerCapture(event.pointerId);
      placeAt(event);
    });
    element?.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) placeAt(event);
    });
  }, []);
  const all = [
    ...points.map((one) => one.y),
    ...lines.flatMap((line) => [...line.points, ...(line.to ?? [])].map(([, y]) => y)),
  ];
  const isLog = log && all.every((value) => value > 0);
  const y = rangeOf(all, { log: isLog });
  const toX = placement(x, { start: EDGE.left, end: width - EDGE.right });
  const toY = placement(y, { start: height - EDGE.bottom, end: EDGE.top, log: isLog });
  const ticks = isLog ? logTicks(y, 5) : evenTicks(y);
  return (
    <figure class="plot" ref={frame}>
      <figcaption>
        {title}
        <span class="where">{said}</span>
      </figcaption>
      <svg
        ref={plane}
        class={props.onPlace === undefined ? "" : "placing"}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={title}
      >
        {ticks.map((value) => (
          <g key={value}>
            <line class="grid" x1={EDGE.left} x2={width - EDGE.right} y1={toY(value)} y2={toY(value)} />
            <text x={EDGE.left - 6} y={toY(value) + 4} text-anchor="end">
              {yText(value)}
            </text>
          </g>
        ))}
        {xTicks.map(([value, text], i) => (
          <text
            key={value}
            x={toX(value)}
            y={height - 6}
            text-anchor={i === 0 ? "start" : i === xTicks.length - 1 ? "end" : "middle"}
          >
            {text}
          </text>
        ))}
        {lines.map((line) => (
          <path
            key={line.key}
            d={linePath(line.points, { toX, toY, to: line.to, isSteps: line.isSteps === true })}
            style={
              line.to === undefined
                ? { stroke: `var(--${line.color})`, fill: "none" }
                : { fill: `var(--${line.color})`, opacity: 0.15 }
            }
            stroke-width="2"
          />
        ))}
        {marker !== undefined && (
          <line class="marker" x1={toX(marker)} x2={toX(marker)} y1={EDGE.top} y2={height - EDGE.bottom} />
        )}
        {points.map((point) => (
          <circle
            key={point.key}
            cx={toX(point.x)}
            cy={toY(point.y)}
            r={point.isChosen === true ? 5 : 3}
            style={{ fill: `var(--${point.color})`, opacity: point.isFaint === true ? 0.25 : 0.9 }}
            data-key={point.key}
          />
        ))}
      </svg>
    </figure>
  );
}

/** Errors on the way as a small line; `scale` is shared by those that are compared. */
export function Sparkline({
  values,
  scale = rangeOf(values, { room: 0 }),
  width = 96,
  height = 24,
  color = "train",
}: {
  readonly values: readonly number[];
  readonly scale?: ScaleRange;
  /** In pixels of the page; 480 by default. */
  readonly width?: number;
  /** In pixels of the page; 220 by default. */
  readonly height?: number;
  readonly color?: string;
}) {
  if (values.length === 0) return null;
  const x = placement({ from: 0, to: Math.max(1, values.length - 1) }, { start: 2, end: width - 2 });
  const y = (value: number): number =>
    2 + (1 - (Math.min(scale.to, value) - scale.from) / (scale.to - scale.from || 1)) * (height - 4);
  const points = values.map((value, i): ChartPoint => [i, value]);
  const last = values.length - 1;
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <path
        d={linePath(points, { toX: x, toY: y })}
        style={{ stroke: `var(--${color})` }}
        fill="none"
        stroke-width="1.5"
      />
      <circle cx={x(last)} cy={y(values[last] ?? 0)} r="2" style={{ fill: `var(--${color})` }} />
    </svg>
  );
}
