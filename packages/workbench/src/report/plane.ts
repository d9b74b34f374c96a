/** The plane of a chart as SVG: its axes with round numbers, and where values lie. */
import { number } from "../text/format.ts";
import { palette } from "../text/palette.ts";
import { evenTicks, logTicks, placement, rangeOf, type ScaleRange } from "../text/scale.ts";
import { escapeText, type Markup } from "./markup.ts";

/** An axis of a chart. */
export interface Axis {
  readonly name: string;
  /** Default: as the points need. */
  readonly from?: number;
  /** Default: as the points need. */
  readonly to?: number;
  /** How a number is written. */
  readonly text?: (value: number) => string;
  /** Whether equal factors lie equally far apart; not by default. */
  readonly logarithmic?: boolean;
  /** The distance of numbers along the axis, from its beginning on. */
  readonly every?: number;
  /** Whether only whole numbers are written; others too by default. */
  readonly whole?: boolean;
}

/** In units of the picture, which are pixels where there is room for it. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What lies in a plane, and around it. */
export interface PlaneOptions {
  readonly x: Axis;
  readonly y: Axis;
  /** All values that have a place in it. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly size: PictureSize;
  /** What is left free above it, as for a legend; nothing by default. */
  readonly above?: number;
  /** Whether lines go across at the numbers of y; by default they do. */
  readonly hasGrid?: boolean;
}

/** A plane with its axes drawn. */
export interface Plane {
  readonly axes: string;
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pixels of a letter, as wide as the usual fonts have them, and of a line of text. */
export const LETTER = 8.4;
const LINE = 20;

/** Lays out axes around the values. */
export function planeOf({ x, y, xs, ys, size, above = 0, hasGrid = true }: PlaneOptions): Plane {
  const [across, up] = [scaleOf(x, xs), scaleOf(y, ys)];
  const rows = ticksOf(y, up, 5);
  const top = above + (nameOf(y) === "" ? 8 : LINE + 12);
  const bottom = size.height - LINE - 8 - (nameOf(x) === "" ? 0 : LINE);
  const left = 14 + LETTER * Math.max(2, ...rows.map(({ text }) => text.length));
  const right = size.width - 20;
  const room = (longest: number): number =>
    Math.max(2, Math.min(6, Math.floor((right - left) / (longest * LETTER + 24))));
  const longest = (most: number): number => Math.max(...ticksOf(x, across, most).map(({ text }) => text.length));
  const columns = ticksOf(x, across, room(longest(4)));
  const toX = placement(across, { start: left, end: right, log: x.logarithmic === true });
  const toY = placement(up, { start: bottom, end: top, log: y.logarithmic === true });
  const { muted, rule } = palette;
  const written = (text: string, place: string): string =>
    `<text ${place} fill="${muted.light}" font-size="14">${escapeText(text)}</text>`;
  const axes = [
    ...rows.flatMap(({ value, text }) => [
      ...(hasGrid ? [`<path d="M${left} ${toY(value).toFixed(1)}H${right}" stroke="${rule.light}" fill="none"/>`] : []),
      written(text, `x="${(left - 8).toFixed(1)}" y="${(toY(value) + 5).toFixed(1)}" text-anchor="end"`),
    ]),
    `<path d="M${left.toFixed(1)} ${bottom}H${right}" stroke="${muted.light}" fill="none"/>`,
    ...columns.map(({ value, text }) => {
      // what stands at an end stays within the picture
      const half = (text.length * LETTER) / 2;
      const at = Math.min(size.width - half - 2, Math.max(half + 2, toX(value)));
      return written(text, `x="${at.toFixed(1)}" y="${bottom + LINE}" text-anchor="middle"`);
    }),
    ...(nameOf(y) === "" ? [] : [written(nameOf(y), `x="8" y="${above + 14}"`)]),
    ...(nameOf(x) === ""
      ? []
      : [written(nameOf(x), `x="${((left + right) / 2).toFixed(1)}" y="${size.height - 4}" text-anchor="middle"`)]),
  ].join("");
  return { axes, toX, toY, left, right, top, bottom };
}

function nameOf({ name, logarithmic = false }: Axis): string {
  return logarithmic ? `${name} (log scale)`.trimStart() : name;
}

function scaleOf({ from, to, logarithmic = false }: Axis, values: readonly number[]): ScaleRange {
  const range = rangeOf(values, { log: logarithmic });
  return { from: from ?? range.from, to: to ?? range.to };
}

interface Tick {
  readonly value: number;
  readonly text: string;
}

function ticksOf(axis: Axis, { from, to }: ScaleRange, most: number): readonly Tick[] {
  const { text = number, logarithmic = false, every, whole = false } = axis;
  const values =
    every !== undefined
      ? Array.from({ length: Math.round((to - from) / every) + 1 }, (_, i) => from + i * every)
      : logarithmic
        ? logTicks({ from, to }, most)
        : evenTicks({ from, to }, { most, whole });
  const ticks = values.map((value) => ({ value, text: text(value) })).filter(({ text: written }) => written !== "");
  // numbers that are written alike are one
  return ticks.filter((tick, i) => tick.text !== ticks[i - 1]?.text);
}

/** A part of a plane that what lies in it cannot leave, but for half of a line or a point. */
export function within({ left, right, top, bottom }: Plane, content: string): string {
  const [room, width, height] = [6, right - left + 12, bottom - top + 12];
  const box = `x="${(left - room).toFixed(1)}" y="${top - room}" width="${width.toFixed(1)}" height="${height}"`;
  const view = `viewBox="${(left - room).toFixed(1)} ${top - room} ${width.toFixed(1)} ${height}"`;
  return `<svg ${box} ${view}>${content}</svg>`;
}

/** A picture of a page: it scales with its place. */
export function picture(content: string, label: string, { width, height }: PictureSize): Markup {
  const font = `font-family="system-ui, sans-serif"`;
  return {
    markup: `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(label)}" ${font}>${content}</svg>`,
  };
}
