/** Trials as lines over parallel axes, as SVG. */
import { palette } from "../../text/palette.ts";
import { linePath, placement } from "../../text/scale.ts";
import { escapeText, type Markup } from "../markup.ts";
import { picture } from "../plane.ts";

/** An axis over the units of a hyperparameter. */
export interface ParallelAxis {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly every: number;
  readonly text: (unit: number) => string;
}

/** A trial, by its unit on each axis; null where the axis means nothing for it. */
export interface ParallelLine {
  readonly units: readonly (number | null)[];
  /** Whether it is drawn strong. */
  readonly isBest: boolean;
}

/** In units of the picture. */
const [APART, HEIGHT] = [92, 340];
const EDGE = { left: 50, right: 60, top: 40, bottom: 30 } as const;

/** Draws the lines, the best ones above the others. */
export function drawParallel(axes: readonly ParallelAxis[], lines: readonly ParallelLine[], label: string): Markup {
  const width = Math.max(440, APART * axes.length);
  const toX = placement({ from: 0, to: axes.length - 1 }, { start: EDGE.left, end: width - EDGE.right });
  const ups = axes.map((axis) => placement(axis, { start: HEIGHT - EDGE.bottom, end: EDGE.top }));
  // each line is in pixels already, since each axis has its own scale
  const inPixels = (value: number): number => value;
  const drawn = lines.map(({ units, isBest }) => {
    const places = units.map(
      (unit, i) => [toX(i), unit === null ? Number.NaN : (ups[i]?.(unit) ?? Number.NaN)] as const,
    );
    const [hue, stroke, opacity] = isBest ? (["dev", 2, 0.9] as const) : (["train", 1, 0.25] as const);
    const path = linePath(places, { toX: inPixels, toY: inPixels });
    return `<path d="${path}" fill="none" stroke="${palette[hue].light}" stroke-width="${stroke}" opacity="${opacity}"/>`;
  });
  const bars = axes.map(({ name, from, to, every, text }, i) => {
    const x = toX(i).toFixed(1);
    const ticks = Array.from({ length: Math.round((to - from) / every) + 1 }, (_, k) => from + k * every).map(
      (unit) => {
        const y = ((ups[i]?.(unit) ?? 0) + 5).toFixed(1);
        return `<text x="${(toX(i) + 6).toFixed(1)}" y="${y}" fill="${palette.muted.light}">${escapeText(text(unit))}</text>`;
      },
    );
    return [
      `<path d="M${x} ${EDGE.top}V${HEIGHT - EDGE.bottom}" stroke="${palette.muted.light}" fill="none"/>`,
      `<text x="${x}" y="${EDGE.top - 14}" text-anchor="middle" fill="${palette.ink.light}">${escapeText(name)}</text>`,
      ...ticks,
    ].join("");
  });
  return picture(`<g font-size="14">${drawn.join("")}${bars.join("")}</g>`, label, { width, height: HEIGHT });
}
