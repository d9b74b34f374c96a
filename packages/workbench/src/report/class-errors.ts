/** A classifier's errors, inspected. */
import { compact, count } from "nabla";
import {
  cheapestThreshold,
  classMeasures,
  confusionMatrix,
  crossFitTemperature,
  decisionAt,
  type FoundClass,
  likeliest,
  type MistakeCosts,
  operations,
  precisionRecall,
  probabilitiesOf,
  reliability,
  rocCurve,
  temper,
  worstClasses,
} from "nabla/diagnose";
import type { ClassAnswers } from "../runs/dev-answers.ts";
import type { Calibration } from "../store/run.ts";
import { number, percent, percentTick } from "../text/format.ts";
import { html, type Markup, type Piece } from "./markup.ts";
import { abreast, facts, figure, figures, paragraph, range, section, table, thinned } from "./pieces.ts";

/** More classes than this are shown by those with the most mistakes. */
const SHOWN = 15;

/** Which classes are taken for which. */
export function confusionOf({ predicted, targets, classes }: ClassAnswers): Markup {
  const confusion = confusionMatrix(predicted, targets, classes);
  const worst = worstClasses(confusion);
  const shown = classes
    .map((name, code) => ({ name, code, wrong: worst.find((one) => one.name === name)?.wrong ?? 0 }))
    .sort((a, b) => b.wrong - a.wrong || a.code - b.code)
    .slice(0, SHOWN)
    .sort((a, b) => a.code - b.code);
  const head = shown.map(({ name }) => html`<th scope="col">${name}</th>`);
  const lines = shown.map(({ name, code }) => {
    const line = confusion.counts[code] ?? [];
    const total = Math.max(
      1,
      line.reduce((sum, rows) => sum + rows, 0),
    );
    const cells = shown.map(({ code: given }) => {
      const rows = line[given] ?? 0;
      const hue = given === code ? "good" : "bad";
      // a single error must be visible too
      const share = rows === 0 ? 0 : Math.max(0.12, rows / total);
      return html`<td style="--hue:var(--${hue});--share:${share.toFixed(2)}">${rows === 0 ? "" : rows}</td>`;
    });
    return html`<tr><th scope="row">${name}</th>${cells}</tr>`;
  });
  const some = classes.length > SHOWN ? ` The ${SHOWN} of ${classes.length} classes with the most errors.` : "";
  return section(
    "Confusion",
    abreast(
      html`<p class="caption">Rows: the true class; columns: the predicted class.${some}</p><div class="wide"><table class="confusion"><thead><tr><td></td>${head}</tr></thead><tbody>${lines}</tbody></table></div>`,
      html`<h3>Classes, the worst first</h3>${table(
        ["Class", "#Rows", "#Wrong", "#Error", "#95% interval", "Most often confused with"],
        worst
          .slice(0, SHOWN)
          .map(({ name, rows, wrong, error, interval, takenFor }) => [
            name,
            rows,
            wrong,
            percent(error),
            range(interval, percent),
            takenFor === undefined ? "" : `${takenFor.name} (${takenFor.rows})`,
          ]),
      )}`,
    ),
  );
}

/** How well each class is found; of two the one that is to be found first. */
export function classesFoundOf(
  { probabilities, targets, classes, predicted }: ClassAnswers,
  positive?: string,
): Markup {
  const code = classes.indexOf(positive ?? "");
  const found = classMeasures(
    probabilities,
    targets,
    classes,
    compact({ positive: code < 0 ? undefined : code, predicted }),
  );
  const shown = (value: number): string => (Number.isNaN(value) ? "not measurable" : percent(value));
  const { byClass, balancedError, macroF1, positive: sought } = found;
  const least = ({ f1 }: FoundClass): number => (Number.isNaN(f1) ? 2 : f1);
  const isSought = ({ name }: FoundClass): number => Number(name === sought?.name);
  const listed =
    byClass.length <= SHOWN
      ? byClass.toSorted((a, b) => isSought(b) - isSought(a))
      : byClass.toSorted((a, b) => least(a) - least(b)).slice(0, SHOWN);
  const some = byClass.length <= SHOWN ? undefined : `The ${SHOWN} of ${byClass.length} classes with the lowest F1.`;
  return section(
    "How each class is found",
    facts([
      ["Balanced error", shown(balancedError)],
      ["Macro F1", shown(macroF1)],
      ...(sought === undefined
        ? []
        : [
            [`AUC of ${sought.name}`, shown(sought.auc)] as const,
            ["Average precision", shown(sought.averagePrecision)] as const,
          ]),
    ]),
    table(
      ["Class", "#Rows", "#Precision", "#Recall", "#F1"],
      listed.map(({ name, rows, precision, recall, f1 }) => [
        name,
        rows,
        Number.isNaN(precision) ? "no predictions" : percent(precision),
        Number.isNaN(recall) ? "no rows" : percent(recall),
        shown(f1),
      ]),
      some,
    ),
  );
}

/** How honest the probabilities are, before and after the temperature. */
export function calibrationOf(
  { probabilities, targets, confidence, mistakes }: ClassAnswers,
  recorded?: Calibration,
): Markup {
  const plain = reliability(
    confidence,
    mistakes.map((wrong) => 1 - wrong),
  );
  // of rows that the fit did not see, so that nothing is praised which makes it worse
  const { temperature, before, after } = recorded ?? crossFitTemperature(probabilities, targets);
  const tempered = likeliest(temper(probabilities, temperature)).confidence;
  const calibrated = reliability(
    tempered,
    mistakes.map((wrong) => 1 - wrong),
  );
  const numbers = table(
    ["Confidence", "#Rows", "#Mean confidence", "#Right", "#95% interval"],
    plain.bins.map(({ from, to, rows, confidence: sure, right, interval }) => [
      `${percent(from)} to ${percent(to)}`,
      rows,
      percent(sure),
      percent(right),
      range(interval, percent),
    ]),
  );
  const points = (found: typeof plain) => found.bins.map(({ confidence: sure, right }) => [sure, right] as const);
  const way = temperature > 1 ? "overconfident" : "underconfident";
  const honest = `On rows that were not learned the confidence is off by ${percent(before.ece)} on average (expected calibration error).`;
  const said =
    temperature === 1
      ? `${honest} No temperature lowers the loss by more than chance on rows that it was not fitted on, so the probabilities stay as they are.`
      : `${honest} The network is ${way}: a temperature of ${number(temperature)} makes that ${percent(after.ece)} and the loss ${number(after.loss)} in place of ${number(before.loss)}, on rows that it was not fitted on; it changes no answer. `;
  const unit = { from: 0, to: 1, every: 0.25, text: percentTick };
  return section(
    "Calibration",
    paragraph(said, ...(temperature === 1 ? [] : [html`<code>nabla predict</code> applies it.`])),
    figures(
      figure(
        "Fraction right by confidence, in bins (those of few rows scatter)",
        {
          x: { name: "confidence", ...unit },
          y: { name: "", ...unit },
          series: [
            { name: "as trained", hue: "train", look: "points", points: points(plain) },
            ...(temperature === 1
              ? []
              : [{ name: "with temperature", hue: "dev", look: "points", points: points(calibrated) } as const]),
            {
              name: "honest",
              hue: "muted",
              look: "dashed",
              points: [
                [0, 0],
                [1, 1],
              ],
            },
          ],
        },
        numbers,
      ),
    ),
  );
}

/** Rankings and thresholds of two classes; undefined for more, or where one of them is missing. */
export function rankingOf(
  { classes, probabilities, targets }: ClassAnswers,
  costs: MistakeCosts = {},
  positiveName?: string,
): Markup | undefined {
  const code = Math.max(0, positiveName === undefined ? 1 : classes.indexOf(positiveName));
  const positive = Array.from(targets, (own) => Number(own === code));
  if (classes.length !== 2 || !positive.includes(1) || !positive.includes(0)) return undefined;
  const all = operations(probabilitiesOf(probabilities, code), positive);
  const [roc, precision] = [rocCurve(all), precisionRecall(all)];
  const name = classes[code] ?? "";
  const unit = { from: 0, to: 1, every: 0.25, text: percentTick };
  const numbers = (curve: typeof roc, x: string, y: string): Markup =>
    table(
      ["#Threshold", `#${x}`, `#${y}`],
      thinned(
        curve.points.filter(({ threshold }) => Number.isFinite(threshold)),
        12,
      ).map((point) => [number(point.threshold), percent(point.x), percent(point.y)]),
    );
  const drawn = (curve: typeof roc) => thinned(curve.points, 300).map(({ x, y }) => [x, y] as const);
  const row = (title: string, { miss = 1, falseAlarm = 1 }: MistakeCosts): readonly Piece[] => {
    const best = cheapestThreshold(all, { miss, falseAlarm });
    const half = decisionAt(all, 0.5, { miss, falseAlarm });
    return [title, number(best.threshold), best.misses, best.falseAlarms, number(best.cost), number(half.cost)];
  };
  const { miss = 1, falseAlarm = 1 } = costs;
  const own =
    miss === 1 && falseAlarm === 1
      ? []
      : [row(`A miss costs ${number(miss)}, a false alarm ${number(falseAlarm)}`, costs)];
  return section(
    `Threshold for ${name}`,
    paragraph(
      `A row of ${name} scores above another row with probability ${percent(roc.area)} (area under the ROC); average precision ${percent(precision.area)}, of ${count(all.positives, "row")} among ${all.positives + all.negatives}.`,
    ),
    figures(
      figure(
        "Receiver operating characteristic",
        {
          x: { name: "false alarms", ...unit },
          y: { name: "found", ...unit },
          series: [
            { name: "model", hue: "train", points: drawn(roc) },
            {
              name: "chance",
              hue: "muted",
              look: "dashed",
              points: [
                [0, 0],
                [1, 1],
              ],
            },
          ],
        },
        numbers(roc, "False alarms", "Found"),
      ),
      figure(
        "Precision over recall",
        {
          x: { name: "recall", ...unit },
          y: { name: "precision", ...unit },
          series: [{ name: "model", hue: "train", points: drawn(precision) }],
        },
        numbers(precision, "Recall", "Precision"),
      ),
    ),
    html`<h3>The cheapest threshold</h3>`,
    table(
      ["When", "#Threshold", "#Misses", "#False alarms", "#Cost of a row", "#At one half"],
      [
        ...own,
        row("Both kinds of errors cost the same", {}),
        row(`A missed ${name} costs 10 times as much`, { miss: 10 }),
        row(`A false alarm costs 10 times as much`, { falseAlarm: 10 }),
      ],
      "Chosen on the dev set, so the costs are a little optimistic.",
    ),
  );
}
