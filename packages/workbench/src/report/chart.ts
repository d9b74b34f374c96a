/** Charts of lines and points as SVG, by the scales and paths that the pages of `nabla ui` draw with. */
import { type Hue, palette } from "../text/palette.ts";
import { type ChartPoint, linePath } from "../text/scale.ts";
import { escapeText, type Markup } from "./markup.ts";
import { type Axis, LETTER, type Plane, picture, planeOf, within } from "./plane.ts";

/** Points of one kind in a chart. */
export interface Series {
  readonly name: string;
  readonly hue: Hue;
  readonly points: readonly ChartPoint[];
  /** Default a line. */
  readonly look?: "line" | "dashed" | "points" | "steps";
}

/** Options of a chart of lines. */
export interface ChartOptions {
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
  readonly series: readonly Series[];
  readonly x: Axis;
  readonly y: Axis;
  /** A line across, such as at the chosen epoch, with its name in the legend; none by default. */
  readonly mark?: { readonly x: number; readonly text: string };
}

/** Narrow enough to be read on a phone; wide pages show two side by side. */
const SIZE = { width: 440, height: 280 } as const;

/** Draws lines or points over a plane. */
export function drawChart({ label, series, x, y, mark }: ChartOptions): Markup {
  const points = series.flatMap((one) => one.points);
  const xs = [...points.map(([at]) => at), ...(mark === undefined ? [] : [mark.x])];
  const signs = [
    ...series.map(({ name, hue, look = "line" }) => ({ name, color: palette[hue].light, look })),
    ...(mark === undefined ? [] : [{ name: mark.text, color: palette.ink.light, look: "dotted" as const }]),
  ].filter(({ name }, i, all) => all.findIndex((one) => one.name === name) === i);
  const legend = signs.length > 1 ? legendOf(signs) : { markup: "", height: 0 };
  const plane = planeOf({ x, y, xs, ys: points.map(([, value]) => value), size: SIZE, above: legend.height });
  const across = mark === undefined ? "" : markOf(mark.x, plane);
  const content = series.map((one) => seriesOf(one, plane)).join("");
  return picture(`${legend.markup}${plane.axes}${within(plane, `${content}${across}`)}`, label, SIZE);
}

const DASHES = {
  line: "",
  steps: "",
  points: "",
  dashed: ' stroke-dasharray="6 4"',
  dotted: ' stroke-dasharray="2 3"',
};

function seriesOf({ hue, points, look = "line" }: Series, { toX, toY }: Plane): string {
  const color = palette[hue].light;
  if (look === "points") {
    const [radius, opacity] = points.length > 20 ? [2.5, 0.6] : [5, 0.85];
    return points.map((point) => dot(point, { toX, toY, color, radius, opacity })).join("");
  }
  const path = linePath(points, { toX, toY, isSteps: look === "steps" });
  const line = `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"${DASHES[look]}/>`;
  // a line of one point would not be seen
  return points.length > 2
    ? line
    : `${line}${points.map((at) => dot(at, { toX, toY, color, radius: 3, opacity: 1 })).join("")}`;
}

interface DotDrawing extends Pick<Plane, "toX" | "toY"> {
  readonly color: string;
  readonly radius: number;
  readonly opacity: number;
}

function dot([x, y]: ChartPoint, { toX, toY, color, radius, opacity }: DotDrawing): string {
  const [left, top] = [toX(x), toY(y)];
  if (!Number.isFinite(left) || !Number.isFinite(top)) return "";
  return `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="${radius}" fill="${color}" opacity="${opacity}"/>`;
}

function markOf(x: number, { toX, top, bottom }: Plane): string {
  const stroke = `stroke="${palette.ink.light}" stroke-width="1.5"${DASHES.dotted}`;
  return `<path d="M${toX(x).toFixed(1)} ${top}V${bottom}" fill="none" ${stroke}/>`;
}

interface Sign {
  readonly name: string;
  readonly color: string;
  readonly look: keyof typeof DASHES;
}

/** Names with their signs, in as many rows as they need. */
function legendOf(signs: readonly Sign[]): { readonly markup: string; readonly height: number } {
  const [sign, gap, line] = [26, 20, 22];
  let [left, row] = [0, 0];
  const markup = signs.map(({ name, color, look }) => {
    const width = sign + name.length * LETTER;
    if (left > 0 && left + width > SIZE.width) [left, row] = [0, row + 1];
    const [at, middle] = [left, row * line + 10];
    left += width + gap;
    const drawn =
      look === "points"
        ? `<circle cx="${(at + 9).toFixed(1)}" cy="${middle}" r="4" fill="${color}"/>`
        : `<path d="M${at.toFixed(1)} ${middle}h18" stroke="${color}" stroke-width="2" fill="none"${DASHES[look]}/>`;
    const place = `x="${(at + sign - 2).toFixed(1)}" y="${middle + 5}"`;
    return `${drawn}<text ${place} fill="${palette.ink.light}" font-size="14">${escapeText(name)}</text>`;
  });
  return { markup: markup.join(""), height: (row + 1) * line + 6 };
}
