/** What mattered: importance, slices, and the two most important hyperparameters together. */
import { contour, slices } from "nabla/tune";
import { axisOf, valueAt } from "../../studies/axis-text.ts";
import { type ReportedStudy, studyWords } from "../../studies/reported-study.ts";
import { percent } from "../../text/format.ts";
import { palette } from "../../text/palette.ts";
import { html, type Markup } from "../markup.ts";
import { drawing, figure, figures, paragraph, range, section, table, thinned } from "../pieces.ts";
import { type Axis, picture, planeOf, within } from "../plane.ts";

/** Slices that are drawn, and points in each. */
const MOST = { slices: 6, points: 500 } as const;

/** Of the picture of two hyperparameters. */
const SIZE = { width: 440, height: 280 } as const;

/** Shares of importance with their intervals. */
export function importanceOf({ importance, study }: ReportedStudy): Markup {
  if (importance.length === 0) return section("Importance", paragraph("Too few trials to tell."));
  const place = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  const rows = importance.map(({ path, share, interval }) => [
    path,
    percent(share),
    range(interval, percent),
    html`<span class="bar" aria-hidden="true"><i style="left:${place(interval.from)};width:calc(${place(interval.to)} - ${place(interval.from)})"></i><b style="left:${place(share)}"></b></span>`,
  ]);
  const finished = study.trials.filter(({ state }) => state !== "running").length;
  return section(
    "Importance",
    paragraph(
      `The share of the differences between trials that each hyperparameter explains alone, by functional ANOVA over ${finished} trials; the rest to 100% is explained by interactions. Bars are 95% intervals.`,
    ),
    table(["Hyperparameter", "#Share", "#95% interval", ""], rows),
  );
}

/** How the error depends on each of the most important hyperparameters, averaged over the others. */
export function axisSlices(subject: ReportedStudy): Markup | undefined {
  const { study, importance, stored } = subject;
  if (importance.length === 0) return undefined;
  const order = importance.map(({ path }) => path);
  const all = slices(study, { seed: study.seed }).toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  const words = studyWords(stored);
  const name = words.devError;
  const drawn = all.slice(0, MOST.slices).map(({ path, points, curve }) => {
    const line = (of: (point: (typeof curve)[number]) => number) =>
      curve.map((point) => [point.unit, of(point)] as const);
    const trials = thinned(points, MOST.points).map(({ unit, value }) => [unit, value] as const);
    return figure(
      `${name} by ${path}`,
      {
        series: [
          { name: "trial", hue: "train", points: trials, look: "points" },
          { name: "expected", hue: "dev", points: line(({ value }) => value) },
          { name: "95%", hue: "muted", points: line(({ interval }) => interval.from), look: "dashed" },
          { name: "95%", hue: "muted", points: line(({ interval }) => interval.to), look: "dashed" },
        ],
        x: { name: path, ...axisOf(subject, path) },
        y: { name: "", text: words.tick },
      },
      table(
        [path, "#Expected", "#95% interval"],
        thinned(curve, 8).map(({ unit, value, interval }) => [
          valueAt(subject, path, unit),
          words.error(value),
          range(interval, words.error),
        ]),
      ),
    );
  });
  return section(
    "Each hyperparameter",
    paragraph(
      "Each point is a trial; the line is the mean prediction of a random forest fitted to all of them, averaged over the other hyperparameters. Pruned trials are not drawn; they count with the lowest error that they reached.",
    ),
    figures(...drawn),
  );
}

/** The expected error over two hyperparameters: those named, or the two that matter most. */
export function contourOf(subject: ReportedStudy, named?: readonly [string, string]): Markup | undefined {
  const { study, importance } = subject;
  const [first, second] = named ?? importance.map(({ path }) => path);
  if (first === undefined || second === undefined || importance.length === 0) return undefined;
  const { values, points } = contour(study, [first, second], { seed: study.seed });
  const all = values.flat();
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const bins = values.length;
  // the bluer, the lower the error
  const shade = (value: number): number => (most > least ? 0.04 + 0.8 * ((most - value) / (most - least)) : 0.4);
  const axis = (path: string): Axis => ({ name: path, ...axisOf(subject, path) });
  const plane = planeOf({ x: axis(first), y: axis(second), xs: [], ys: [], size: SIZE, hasGrid: false });
  const cells = values.flatMap((row, i) =>
    row.map((value, j) => {
      // whole pixels, or seams show between cells that are not quite opaque
      const [x, right] = [i / bins, (i + 1) / bins].map((unit) => Math.round(plane.toX(unit))) as [number, number];
      const [y, below] = [(j + 1) / bins, j / bins].map((unit) => Math.round(plane.toY(unit))) as [number, number];
      const box = `x="${x}" y="${y}" width="${right - x}" height="${below - y}"`;
      return `<rect ${box} fill="${palette.train.light}" opacity="${shade(value).toFixed(3)}"/>`;
    }),
  );
  const dots = thinned(points, MOST.points).map(({ units: [x, y] }) => {
    const place = `cx="${plane.toX(x).toFixed(1)}" cy="${plane.toY(y).toFixed(1)}"`;
    return `<circle ${place} r="2.5" fill="${palette.dev.light}"/>`;
  });
  const drawn = picture(
    `${within(plane, [...cells, ...dots].join(""))}${plane.axes}`,
    `the error expected over ${first} and ${second}; the bluer, the lower`,
    SIZE,
  );
  const listed = thinned(values, 5).map((row, i, rows) => {
    const place = Math.round((i * (bins - 1)) / Math.max(1, rows.length - 1));
    return [valueAt(subject, first, (place + 0.5) / bins), ...thinned(row, 5).map((value) => percent(value))];
  });
  const heads = [0, 1, 2, 3, 4].map((i) => valueAt(subject, second, (Math.round((i * (bins - 1)) / 4) + 0.5) / bins));
  const numbers = table([`${first} down, ${second} across`, ...heads.map((head) => `#${head}`)], listed);
  return section(
    "Pairs",
    figures(drawing(`Expected error over ${first} and ${second}, blue is lower`, drawn, numbers)),
    paragraph(
      html`<span class="muted">Any other pair: <code>nabla report ${subject.stored.name} --contour rate,units</code></span>`,
    ),
  );
}
