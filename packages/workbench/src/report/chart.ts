/** Charts as SVG, drawn by ECharts in Node. */
import { createRequire } from "node:module";
import type { EChartsOption } from "echarts";
import { compact } from "nabla";
import { type Hue, palette } from "../text/palette.ts";
import { escapeText, type Markup } from "./markup.ts";

/** Points of one kind in a chart. */
export interface Series {
  readonly name: string;
  readonly hue: Hue;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Default a line. */
  readonly look?: "line" | "dashed" | "points" | "steps";
}

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
  /** The distance of numbers along the axis. */
  readonly every?: number;
  /** Whether only whole numbers are written; others too by default. */
  readonly whole?: boolean;
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

/** One file holds all of ECharts that is needed; its modules one by one take ten times as long to load. */
const echarts = createRequire(import.meta.url);

/** Draws lines or points over a plane. */
export function drawChart(options: ChartOptions): Markup {
  const { init } = echarts("echarts/dist/echarts.common.min") as typeof import("echarts");
  const chart = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  try {
    chart.setOption(optionOf(options));
    return { markup: embed(chart.renderToSVGString(), options.label) };
  } finally {
    chart.dispose();
  }
}

/** Draws what lines and points cannot show: any option of ECharts, in the colors of the palette. */
export function drawOption(
  option: EChartsOption,
  label: string,
  size: { width: number; height: number } = SIZE,
): Markup {
  // the common file has neither parallel axes nor shapes of one's own
  const { init } = echarts("echarts/dist/echarts.min") as typeof import("echarts");
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "system-ui, sans-serif" }, ...option });
    return { markup: embed(chart.renderToSVGString(), label, size) };
  } finally {
    chart.dispose();
  }
}

function optionOf({ series, x, y, mark }: ChartOptions): EChartsOption {
  const font = { color: palette.muted.light, fontSize: 14 };
  const axis = ({ name, from, to, text, logarithmic = false, every, whole = false }: Axis, direction: "x" | "y") =>
    compact({
      type: logarithmic ? ("log" as const) : ("value" as const),
      name: logarithmic ? `${name} (log scale)`.trimStart() : name,
      nameLocation: direction === "x" ? ("middle" as const) : ("end" as const),
      nameGap: direction === "x" ? 28 : 12,
      nameTextStyle: { ...font, align: direction === "x" ? ("center" as const) : ("left" as const) },
      axisLabel: compact({ ...font, hideOverlap: true, formatter: text }),
      axisLine: { show: direction === "x", lineStyle: { color: palette.muted.light } },
      axisTick: { show: false },
      splitLine: { show: direction === "y", lineStyle: { color: palette.rule.light } },
      splitNumber: direction === "x" && hasLongNumbers(series, text) ? 3 : 4,
      minInterval: whole ? 1 : undefined,
      scale: true,
      min: from,
      max: to,
      interval: every,
    });
  const hasLegend = series.length > 1 || mark !== undefined;
  return {
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif" },
    grid: { left: 8, right: 20, top: hasLegend ? 58 : 34, bottom: 28, containLabel: true },
    ...(hasLegend
      ? {
          legend: {
            top: 0,
            left: 0,
            itemWidth: 18,
            itemHeight: 9,
            itemGap: 22,
            textStyle: { ...font, color: palette.ink.light },
          },
        }
      : {}),
    xAxis: axis(x, "x"),
    yAxis: axis(y, "y"),
    series: [
      ...series.map((one, i) => ({ ...seriesOf(one), ...(i === 0 && mark !== undefined ? markOf(mark) : {}) })),
      // the legend names the line across, which stands near numbers of the axis as often as not
      ...(mark === undefined ? [] : [{ type: "line" as const, name: mark.text, data: [], symbol: "none", ...ACROSS }]),
    ],
  };
}

/** Whether numbers at the ends of the points are so long that few of them stand beside each other. */
function hasLongNumbers(series: readonly Series[], text: ((value: number) => string) | undefined): boolean {
  const ends = series.flatMap(({ points }) => points.map(([x]) => x));
  const longest = text?.(ends.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0)) ?? "";
  return longest.length > 6;
}

function seriesOf({ name, hue, points, look = "line" }: Series) {
  const color = palette[hue].light;
  const data = points.map(([x, y]) => [x, y]);
  if (look === "points")
    return {
      type: "scatter" as const,
      name,
      data,
      symbolSize: points.length > 20 ? 5 : 10,
      itemStyle: { color, opacity: points.length > 20 ? 0.6 : 0.85 },
    };
  return {
    type: "line" as const,
    name,
    data,
    showSymbol: points.length < 3,
    symbol: "circle",
    itemStyle: { color },
    lineStyle: { color, width: 2, type: look === "dashed" ? ("dashed" as const) : ("solid" as const) },
    ...(look === "steps" ? { step: "end" as const } : {}),
  };
}

const ACROSS = {
  itemStyle: { color: palette.ink.light },
  lineStyle: { color: palette.ink.light, type: "dotted" as const, width: 1.5 },
};

function markOf({ x }: { readonly x: number }) {
  return { markLine: { silent: true, symbol: "none", ...ACROSS, label: { show: false }, data: [{ xAxis: x }] } };
}

/** Made part of a page: it scales with its place, and what only serves a mouse is left out. */
function embed(svg: string, label: string, { width, height }: { width: number; height: number } = SIZE): string {
  const inside = svg
    .replace(/^<svg[^>]*>/, "")
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/ (?:ecmeta_\w+|class)="[^"]*"/g, "")
    // ids count from 0 in each process, and all charts of a page are of one
    .replaceAll("\n", "");
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(label)}">${inside}`;
}
