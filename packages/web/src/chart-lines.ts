/** Lines on a canvas, as uPlot lays out its plane. */
import { placement } from "@nabla/workbench/text";
import type uPlot from "uplot";

/** One line: points in the order of x. */
export interface ChartLine {
  readonly key: string;
  readonly name: string;
  /** A custom property of the style sheet. */
  readonly color: string;
  /** Whether it is dashed, as curves of another part are; not by default. */
  readonly dashed?: boolean;
  /** Whether the legend leaves it out, since another line of the same color stands for it. */
  readonly unnamed?: boolean;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Drawn strong, with the points behind it. */
  readonly smooth?: { readonly x: readonly number[]; readonly y: readonly number[] };
  /** Where there is no finite number. */
  readonly bad?: readonly number[];
  /** Drawn behind the line, from its low to its high edge at each of its points. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** Something that happened, as a line across with a sign at its top. */
export interface ChartMark {
  readonly x: number;
  readonly color: string;
  readonly sign: string;
  readonly text: string;
}

/** A custom property as it is now, in light or dark. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** From a value to a pixel of the canvas; on a logarithmic scale what is not above 0 has none. */
function projection(plot: uPlot, scale: "x" | "y"): (value: number) => number {
  const { min, max, distr } = plot.scales[scale] ?? {};
  const { left, top, width, height } = plot.bbox;
  const ends = scale === "x" ? { start: left, end: left + width } : { start: top + height, end: top };
  return placement({ from: min ?? 0, to: max ?? 1 }, { ...ends, log: distr === 3 });
}

/** Draws lines, marks of values that are not finite, and marks into the plane of a plot. */
export function drawLines(plot: uPlot, lines: readonly ChartLine[], marks: readonly ChartMark[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const [toX, toY] = [projection(plot, "x"), projection(plot, "y")];
  const many = lines.length > 24;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const mark of marks) drawMark(plot, mark, toX(mark.x));
  for (const { color, dashed = false, x, y, smooth, bad = [], band } of lines) {
    if (band !== undefined) fillBand(ctx, { x, ...band }, { color, toX, toY });
    ctx.strokeStyle = colorOf(color);
    ctx.setLineDash(dashed ? [5 * ratio, 4 * ratio] : []);
    ctx.lineWidth = (smooth !== undefined || many ? 1 : 1.75) * ratio;
    ctx.globalAlpha = smooth !== undefined ? 0.3 : many ? 0.6 : 1;
    stroke(ctx, { x, y }, toX, toY);
    ctx.globalAlpha = 1;
    if (smooth !== undefined) {
      ctx.lineWidth = 2 * ratio;
      stroke(ctx, smooth, toX, toY);
    }
    ctx.setLineDash([]);
    if (bad.length > 0) drawBad(ctx, bad.map(toX), bbox.top + bbox.height - 6 * ratio);
  }
  ctx.restore();
}

function stroke(
  ctx: CanvasRenderingContext2D,
  { x, y }: Pick<ChartLine, "x" | "y">,
  toX: (value: number) => number,
  toY: (value: number) => number,
): void {
  ctx.beginPath();
  let pen = false;
  for (let i = 0; i < x.length; i++) {
    const [left, top] = [toX(x[i] ?? 0), toY(y[i] ?? 0)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) pen = false;
    else if (pen) ctx.lineTo(left, top);
    else {
      ctx.moveTo(left, top);
      pen = true;
      // a line of one point would not be seen
      if (x.length === 1) ctx.arc(left, top, 2.5 * devicePixelRatio, 0, 2 * Math.PI);
    }
  }
  ctx.stroke();
}

interface BandDrawing {
  readonly color: string;
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

/** The area between two edges; what a logarithmic scale has no place for lies at the bottom. */
function fillBand(
  ctx: CanvasRenderingContext2D,
  {
    x,
    low,
    high,
  }: { readonly x: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] },
  { color, toX, toY }: BandDrawing,
): void {
  const bottom = ctx.canvas.height;
  const place = (value: number): number => (Number.isFinite(toY(value)) ? toY(value) : bottom);
  ctx.fillStyle = colorOf(color);
  ctx.globalAlpha = 0.18;
  ctx.beginPath();
  for (const [i, at] of x.entries()) ctx.lineTo(toX(at), place(high[i] ?? 0));
  for (const [i, at] of [...x.entries()].reverse()) ctx.lineTo(toX(at), place(low[i] ?? 0));
  ctx.closePath();
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** Crosses at the bottom: here was no number. */
function drawBad(ctx: CanvasRenderingContext2D, places: readonly number[], y: number): void {
  const size = 4 * devicePixelRatio;
  ctx.strokeStyle = colorOf("bad");
  ctx.beginPath();
  for (const x of places) {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
  }
  ctx.stroke();
}

function drawMark({ ctx, bbox }: uPlot, { color, sign }: ChartMark, x: number): void {
  const ratio = devicePixelRatio;
  ctx.strokeStyle = colorOf(color);
  ctx.fillStyle = colorOf(color);
  ctx.globalAlpha = 0.75;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = x > bbox.left + bbox.width - 30 * ratio ? "right" : "left";
  ctx.fillText(sign, x + (ctx.textAlign === "right" ? -3 : 3) * ratio, bbox.top + 11 * ratio);
}

/** The value of a line nearest to an x; undefined where it has none. */
export function valueNear(
  { x, y }: Pick<ChartLine, "x" | "y">,
  wanted: number,
): { readonly x: number; readonly y: number } | undefined {
  if (x.length === 0) return undefined;
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(0, low - 1);
  const nearest = Math.abs((x[before] ?? 0) - wanted) <= Math.abs((x[low] ?? 0) - wanted) ? before : low;
  return { x: x[nearest] ?? 0, y: y[nearest] ?? 0 };
}
