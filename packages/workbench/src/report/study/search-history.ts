/** How the search went: its history, all trials as lines, the boxes of coarse to fine, the trials one by one. */
import { grouped } from "nabla";
import { history, parallelCoordinates } from "nabla/tune";
import { axisOf, valueAt } from "../../studies/axis-text.ts";
import { type ReportedStudy, studyWords } from "../../studies/reported-study.ts";
import { duration } from "../../text/duration.ts";
import { number } from "../../text/format.ts";
import { valuesText } from "../../text/values.ts";
import { html, type Markup } from "../markup.ts";
import { drawing, figure, figures, folded, paragraph, section, table, thinned } from "../pieces.ts";
import { drawParallel } from "./parallel.ts";

/** Trials that are drawn, and listed. */
const MOST = { points: 1000, lines: 300, listed: 500 } as const;

/** Each trial's error and the best until then. */
export function historyOf({ study, stored }: ReportedStudy): Markup {
  const all = history(study);
  const points = (of: (point: (typeof all)[number]) => number | undefined) =>
    thinned(all, MOST.points).flatMap((point) => {
      const value = of(point);
      return value === undefined ? [] : [[point.number, value] as const];
    });
  const best = points(({ best: value }) => value);
  const values = points(({ state, value }) => (state === "done" ? value : undefined));
  const least = Math.min(...values.map(([, value]) => value));
  const most = Math.max(...values.map(([, value]) => value));
  const logarithmic = least > 0 && most / least > 10;
  const words = studyWords(stored);
  const name = words.devError;
  const better = all.filter((point, i) => point.best !== undefined && point.best !== all[i - 1]?.best);
  const numbers = table(
    ["#Trial", `#${name}, the best until then`],
    better.map((point) => [point.number, words.error(point.best ?? Number.NaN)]),
    "The trials that were better than all before.",
  );
  return section(
    "History",
    figures(
      figure(
        `${name} by trial`,
        {
          series: [
            { name: "trial", hue: "train", points: values, look: "points" },
            { name: "best so far", hue: "dev", points: best, look: "steps" },
          ],
          x: { name: "trial", from: 0, to: Math.max(1, all.length - 1) },
          y: { name: "", text: words.tick, logarithmic },
        },
        numbers,
      ),
    ),
  );
}

/** Every trial as a line over all hyperparameters, the best tenth of them in another color. */
export function linesOf(subject: ReportedStudy): Markup | undefined {
  const { study } = subject;
  const { axes, lines } = parallelCoordinates(study);
  const ended = lines.filter(({ state }) => state === "done" || state === "pruned");
  const sorted = ended.filter(({ value }) => value !== undefined).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  if (axes.length < 2 || sorted.length < 2) return undefined;
  const few = new Set(sorted.slice(0, Math.max(1, Math.ceil(sorted.length / 10))).map((line) => line.number));
  const shown = [
    ...thinned(
      ended.filter((line) => !few.has(line.number)),
      MOST.lines,
    ),
    ...sorted.filter((line) => few.has(line.number)),
  ];
  const drawn = drawParallel(
    axes.map(({ path }) => ({ name: path.replace(/.*\./, ""), ...axisOf(subject, path) })),
    shown.map(({ number, units }) => ({ units, isBest: few.has(number) })),
    `${shown.length} trials as lines over ${axes.length} hyperparameters; the table of trials has the numbers`,
  );
  return section(
    "All hyperparameters at once",
    html`<div class="broad">${drawing("Each trial a line, the best tenth in orange", drawn)}</div>`,
    paragraph("A line ends where a hyperparameter does not apply, as Adam's under another optimizer."),
  );
}

/** The boxes that a sampler drew from, over the two axes that matter most. */
export function boxesOf(subject: ReportedStudy): Markup | undefined {
  const { study, importance } = subject;
  const { boxes, notices } = study.shown();
  if (boxes.length === 0) return undefined;
  const [first, second] = importance.length > 1 ? importance : study.axes;
  if (first === undefined || second === undefined) return undefined;
  const hues = ["muted", "train", "dev", "good", "bad", "ink"] as const;
  const side = (box: (typeof boxes)[number], path: string) => box.sides[path] ?? { from: 0, to: 1 };
  const series = boxes.slice(-hues.length).map((box, i) => {
    const [x, y] = [side(box, first.path), side(box, second.path)];
    const points = [
      [x.from, y.from],
      [x.to, y.from],
      [x.to, y.to],
      [x.from, y.to],
      [x.from, y.from],
    ] as const;
    return { name: `from trial ${box.first}`, hue: hues[i] ?? "ink", points };
  });
  const titles = ["#From trial", ...study.axes.map(({ path }) => path)];
  const rows = boxes.map((box) => [
    box.first,
    ...study.axes.map(({ path }) => {
      const { from, to } = side(box, path);
      return `${valueAt(subject, path, from)} to ${valueAt(subject, path, to)}`;
    }),
  ]);
  return section(
    "From coarse to fine",
    figures(
      figure(
        `Where trials were drawn: ${second.path} over ${first.path}`,
        {
          series,
          x: { name: first.path, ...axisOf(subject, first.path) },
          y: { name: "", ...axisOf(subject, second.path) },
        },
        table(titles, rows),
      ),
    ),
    notices.length === 0 ? undefined : html`<ul>${notices.map((message) => html`<li>${message}</li>`)}</ul>`,
  );
}

/** Every trial with its values. */
export function trialsOf({ trials, stored }: ReportedStudy): Markup {
  const rank = ({ value = Number.POSITIVE_INFINITY }: (typeof trials)[number]): number => value;
  const sorted = trials.toSorted((a, b) => rank(a) - rank(b) || a.number - b.number);
  const words = studyWords(stored);
  const name = words.devError;
  const rows = sorted
    .slice(0, MOST.listed)
    .map(({ number: trial, status, value, seconds, values, reason, measures }) => {
      const { epochs, parameters } = (measures ?? {}) as { readonly epochs?: number; readonly parameters?: number };
      return [
        trial,
        status,
        value === undefined ? "" : words.error(value),
        epochs ?? "",
        parameters === undefined ? "" : grouped(parameters),
        seconds === undefined ? "" : duration(seconds),
        reason === undefined ? valuesText(values) : html`${valuesText(values)}<br><span class="muted">${reason}</span>`,
      ];
    });
  const titles = ["#Trial", "State", `#${name}`, "#Epochs", "#Parameters", "#Time", "Values"];
  const left = trials.length - rows.length;
  const [first, rest] = [table(titles, rows.slice(0, 10)), rows.slice(10)];
  return section(
    "Trials",
    first,
    rest.length === 0 ? undefined : folded(`${number(rest.length)} more`, table(titles, rest)),
    left > 0 ? paragraph(`The ${rows.length} best; ${grouped(left)} others are in the store.`) : undefined,
  );
}
