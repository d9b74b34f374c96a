/** Charts as SVG text: lines, dots, bars and areas on two axes, readable on a light and on a dark page. */
import { type Axis, type Scale, scaleOf, tickText } from "./scale.ts";

export type Point = readonly [x: number, y: number];

/** Something drawn. Colors count from 0; "faint" is the grid's. */
export interface Mark {
  readonly kind: "line" | "dots" | "bars" | "area";
  readonly points: readonly Point[];
  readonly color?: number | "faint";
  /** Stands in the legend. */
  readonly label?: string;
  readonly dashed?: boolean;
  /** Radius of dots, width of lines and bars, in pixels. */
  readonly size?: number;
}

/** A text at a point of the chart. */
export interface Note {
  readonly at: Point;
  readonly text: string;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
  readonly notes?: readonly Note[];
}

const panel = { width: 720, height: 360, left: 62, right: 18, top: 56, bottom: 46 };

const light = { ground: "#ffffff", text: "#24292f", axis: "#57606a", grid: "#e3e7eb", faint: "#b6bec7" };
const dark = { ground: "#0d1117", text: "#e6edf3", axis: "#9aa4ae", grid: "#262c34", faint: "#545d68" };
const lightColors = ["#0969da", "#cf222e", "#1a7f37", "#9a6700", "#8250df", "#0f7f8f", "#bf3989"];
const darkColors = ["#58a6ff", "#ff7b72", "#3fb950", "#d29922", "#bc8cff", "#39c5cf", "#f778ba"];

/** One rule for each class and way to use it: not every viewer knows variables. */
function paint({ ground, text, axis, grid, faint }: typeof light, colors: readonly string[]): string {
  const shades = [["faint", faint], ...colors.map((color, i) => [`c${i}`, color])];
  return [
    `.ground { fill: ${ground} } text { fill: ${text} } .axis { fill: ${axis} } .grid { stroke: ${grid} } .tile { fill: ${grid} } .ink { fill: ${text} }`,
    ...shades.map(([name, color]) => `.${name} { fill: ${color} } .line.${name} { fill: none; stroke: ${color} }`),
  ].join(" ");
}

const style = `
  text { font: 13px system-ui, "DejaVu Sans", sans-serif } .title { font-weight: 600; font-size: 14px }
  .line { stroke-linejoin: round } .area { opacity: .16 } .dashed { stroke-dasharray: 5 4 }
  ${paint(light, lightColors)}
  @media (prefers-color-scheme: dark) { ${paint(dark, darkColors)} }`;

/** One chart, or several side by side, as an SVG file. The same charts give the same text. */
export function drawCharts(...charts: readonly Chart[]): string {
  const width = panel.width / charts.length;
  const [inside, tall] = [width - panel.left - panel.right, panel.height - panel.top - panel.bottom];
  const hole = `<rect x="${panel.left - 3}" y="${panel.top - 3}" width="${round(inside + 6)}" height="${tall + 6}"/>`;
  const panels = charts.map(
    (chart, i) => `<g transform="translate(${round(i * width)} 0)">\n${body(chart, width)}\n</g>`,
  );
  const title = charts.map((chart) => chart.title).join("; ");
  return frame(title, [`<clipPath id="frame">${hole}</clipPath>`, ...panels].join("\n"));
}

/** The SVG file around a picture's body, with its classes. */
export function frame(title: string, inside: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panel.width} ${panel.height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="ground" width="${panel.width}" height="${panel.height}" rx="6"/>`,
    inside,
    "</svg>\n",
  ].join("\n");
}

function body({ title, x, y, marks, notes = [] }: Chart, width: number): string {
  const right = width - panel.right;
  const across = scaleOf(
    x,
    marks.flatMap(({ points }) => points.map(([at]) => at)),
    [panel.left, right],
  );
  const up = scaleOf(
    y,
    marks.flatMap(({ points }) => points.map(([, at]) => at)),
    [panel.height - panel.bottom, panel.top],
  );
  return [
    text([panel.left, 22], title, "title"),
    ...grid(across, up, right),
    text([(panel.left + right) / 2, panel.height - 10], x.label, "axis", "middle"),
    text([panel.left, panel.top - 8], y.label, "axis"),
    `<g clip-path="url(#frame)">`,
    ...marks.map((mark) => drawMark(mark, across, up)),
    "</g>",
    ...legend(marks, right),
    ...notes.map(({ at: [a, b], text: content }) => text([across.at(a) + 7, up.at(b) - 7], content)),
  ].join("\n");
}

function grid(across: Scale, up: Scale, right: number): string[] {
  const [bottom, left] = [panel.height - panel.bottom, panel.left];
  const tick = (value: number): string => tickText(value);
  return [
    ...up.ticks.flatMap((value) => [
      `<line class="grid" x1="${left}" x2="${round(right)}" y1="${round(up.at(value))}" y2="${round(up.at(value))}"/>`,
      text([left - 7, up.at(value) + 4], tick(value), "axis", "end"),
    ]),
    ...across.ticks.map((value) => text([across.at(value), bottom + 17], tick(value), "axis", "middle")),
  ];
}

function drawMark({ kind, points, color = 0, dashed = false, size }: Mark, across: Scale, up: Scale): string {
  const shade = shadeOf(color);
  const places = points
    .map(([a, b]) => [across.at(a), up.at(b)] as const)
    .filter((place) => place.every(Number.isFinite))
    .filter(([, b], i, all) => kind !== "line" || b !== all[i - 1]?.[1] || b !== all[i + 1]?.[1]);
  const path = places.map(([a, b]) => `${round(a)},${round(b)}`).join(" ");
  if (kind === "line") {
    return `<polyline class="line ${shade}${dashed ? " dashed" : ""}" stroke-width="${size ?? 2}" points="${path}"/>`;
  }
  if (kind === "area") return `<polygon class="area ${shade}" points="${path}"/>`;
  const one = ([a, b]: readonly [number, number]): string =>
    kind === "dots"
      ? `<circle cx="${round(a)}" cy="${round(b)}" r="${size ?? 3}"/>`
      : `<rect x="${round(a - (size ?? 6) / 2)}" y="${round(b)}" width="${size ?? 6}" height="${round(Math.max(0, up.bottom - b))}"/>`;
  return `<g class="${shade}">${places.map(one).join("")}</g>`;
}

/** The labels at the top right, from right to left; those that find no room go up to the title's line. */
function legend(marks: readonly Mark[], right: number): string[] {
  let [end, y] = [right, panel.top - 12];
  return marks
    .filter(({ label }) => label !== undefined)
    .toReversed()
    .map(({ label = "", color = 0, kind, dashed = false }) => {
      const wide = label.length * 8.6;
      if (end - wide - 34 < panel.left + 60) [end, y] = [right, y - 22];
      const from = end - wide;
      end = from - 34;
      const shade = shadeOf(color);
      const key =
        kind === "line"
          ? `<line class="line ${shade}${dashed ? " dashed" : ""}" stroke-width="3" x1="${round(from - 22)}" x2="${round(from - 5)}" y1="${y}" y2="${y}"/>`
          : `<circle class="${shade}" cx="${round(from - 11)}" cy="${y}" r="4"/>`;
      return `${key}${text([from, y + 4], label)}`;
    });
}

function shadeOf(color: number | "faint"): string {
  return color === "faint" ? "faint" : `c${color}`;
}

/** A line of text at a place in pixels. */
export function text([x, y]: Point, content: string, kind?: string, anchor?: "middle" | "end"): string {
  const attributes = `${kind === undefined ? "" : ` class="${kind}"`}${anchor === undefined ? "" : ` text-anchor="${anchor}"`}`;
  return `<text x="${round(x)}" y="${round(y)}"${attributes}>${escaped(content)}</text>`;
}

/** A tenth of a pixel is enough, and lets rounding errors of different processors vanish. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
