/** A regression's errors, inspected. */
import { residualsOf } from "nabla/diagnose";
import { writtenValue } from "nabla/reading";
import { populationVariance } from "nabla/statistics";
import type { NumberAnswers } from "../runs/dev-answers.ts";
import { bound, number, percent } from "../text/format.ts";
import { html, type Markup } from "./markup.ts";
import { abreast, facts, figure, figures, section, table, thinned } from "./pieces.ts";

/** Points that are drawn. */
const DRAWN = 600;

/** Residuals by themselves and over the prediction. */
export function residualsSection({ predicted, targets, table: read }: NumberAnswers, target: string): Markup {
  // years stay years, and days are written as such
  const written = (value: number): string => {
    const text = writtenValue(value, read.target?.reading);
    return typeof text === "number" ? bound(text) : text;
  };
  const { residuals, mean, rmse, meanDistance, quantiles, bins } = residualsOf(predicted, targets);
  const variance = populationVariance(targets);
  const rows = thinned(Array.from(predicted.keys()), DRAWN);
  const line = [Math.min(...thinned([...predicted], 5000)), Math.max(...thinned([...predicted], 5000))] as const;
  const numbers = table(
    ["Predicted", "#Rows", "#Mean residual", "#Deviation"],
    bins.map(({ from, to, rows: within, mean: middle, deviation }) => [
      `${written(from)} to ${written(to)}`,
      within,
      number(middle),
      number(deviation),
    ]),
  );
  const points = (of: (row: number) => number) => rows.map((row) => [predicted[row] ?? 0, of(row)] as const);
  const x = { name: `predicted ${target}`, text: written };
  return section(
    "Residuals",
    facts([
      ["R²", variance > 0 ? percent(1 - rmse ** 2 / variance) : "not measurable"],
      ["RMSE", number(rmse)],
      ["Mean absolute error", number(meanDistance)],
      ["Mean residual", `${number(mean)} (true minus predicted; far from 0 means a bias)`],
    ]),
    figures(
      figure(
        "Residual over prediction",
        {
          x,
          y: { name: "residual", text: number },
          series: [
            { name: "rows", hue: "train", look: "points", points: points((row) => residuals[row] ?? 0) },
            { name: "none", hue: "muted", look: "dashed", points: line.map((at) => [at, 0] as const) },
          ],
        },
        numbers,
      ),
      figure(
        "True over predicted",
        {
          x,
          y: { name: `true ${target}`, text: written },
          series: [
            { name: "rows", hue: "train", look: "points", points: points((row) => targets[row] ?? 0) },
            { name: "equal", hue: "muted", look: "dashed", points: line.map((at) => [at, at] as const) },
          ],
        },
        numbers,
      ),
    ),
    abreast(
      html`<h3>By prediction</h3>${numbers}`,
      html`<h3>Quantiles of the residuals</h3>${table(
        quantiles.map(({ share }) => (share === 0 ? "#Least" : share === 1 ? "#Most" : `#${share * 100}%`)),
        [quantiles.map(({ value }) => number(value))],
      )}`,
    ),
  );
}
