/** Small gray images in columns. */
import { frame, text } from "./chart.ts";

export interface Column {
  readonly title: string;
  /** Pixels from 0 to 1, row by row. */
  readonly tiles: readonly (readonly number[])[];
}

const LEVELS = 12;
const [left, top, width, gap, pixel] = [30, 66, 96, 12, 8];

/** Columns of square images with `side` pixels a side, under a title. */
export function drawTiles(title: string, columns: readonly Column[], side: number): string {
  const parts = columns.flatMap(({ title: name, tiles }, i) => {
    const x = left + i * width;
    const images = tiles.map((pixels, row) => drawTile(pixels, { x, y: top + row * (side * pixel + gap - 4), side }));
    return [text([x + (side * pixel) / 2, top - 10], name, "axis", "middle"), ...images];
  });
  return frame(title, [text([left, 24], title, "title"), ...parts].join("\n"));
}

/** One path for each shade, so that a file stays small. */
function drawTile(pixels: readonly number[], { x, y, side }: { x: number; y: number; side: number }): string {
  const shades = Array.from({ length: LEVELS + 1 }, (): string[] => []);
  for (const [i, value] of pixels.entries()) {
    const shade = Math.round(Math.min(1, Math.max(0, value)) * LEVELS);
    shades[shade]?.push(`M${x + (i % side) * pixel} ${y + Math.floor(i / side) * pixel}h${pixel}v${pixel}h-${pixel}z`);
  }
  const ground = `<rect class="tile" x="${x}" y="${y}" width="${side * pixel}" height="${side * pixel}"/>`;
  const paths = shades.flatMap((path, shade) =>
    shade === 0 || path.length === 0
      ? []
      : [`<path class="ink" opacity="${(shade / LEVELS).toFixed(2)}" d="${path.join("")}"/>`],
  );
  return `<g shape-rendering="crispEdges">${ground}${paths.join("")}</g>`;
}
