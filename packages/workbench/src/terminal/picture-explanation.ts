/** Where a network of pictures looks, as tables of patches. */
import { count } from "nabla";
import type { PatchMap } from "nabla/diagnose";
import type { ExplainedFile, ExplainedPictures } from "../runs/explain-pictures.ts";
import { number, percent } from "../text/format.ts";
import { clipMiddle, fact, grid, WIDTH } from "../text/layout.ts";

/** The mean over dev pictures, and each picture. */
export function pictureText({ rows, mean, files }: ExplainedPictures, outputs: readonly string[]): string {
  const what = outputs.length > 1 ? "the probability of the predicted class" : "the prediction";
  return [
    mapText(mean, outputs),
    "",
    fact(
      "Measured",
      `on ${count(rows, "dev picture")}: what ${what} falls by where a patch of ${mean.side} × ${mean.side} pixels is covered by what the others hold there on average; rows and columns are named by their first pixel`,
    ),
    ...files.map((file) => fileText(file, outputs)),
  ].join("\n");
}

function fileText({ place, prediction, value, ...map }: ExplainedFile, outputs: readonly string[]): string {
  const shown = typeof prediction === "number" ? number(prediction) : prediction;
  const said = outputs.length > 1 ? `${shown}, ${percent(value)} probable` : shown;
  return `\n${clipMiddle(place, WIDTH)}: ${said}\n${mapText(map, outputs)}`;
}

function mapText({ side, drops }: PatchMap, outputs: readonly string[]): string {
  // less than a tenth of a percent is nothing to read; adding 0 takes the sign from it
  const tenths = (drop: number): string => percent(Math.round(1000 * drop) / 1000 + 0);
  const text = outputs.length > 1 ? tenths : number;
  const heads = (drops[0] ?? []).map((_, x) => ({ title: String(x * side), align: "right" as const }));
  const lines = drops.map((line, y) => [String(y * side), ...line.map(text)]);
  return grid([{ title: "pixel", align: "right" }, ...heads], lines);
}
