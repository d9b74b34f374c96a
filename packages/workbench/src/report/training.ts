/** How the training went: curves, verdict, what to try, health, other runs. */
import { applyPreparation, count, type Json, measureFrom, takeTable } from "nabla";
import { health } from "nabla/diagnose";
import { journalLines } from "../live/journal.ts";
import { verdictSentence } from "../runs/recipe.ts";
import { experimentOf } from "../runs/stored-run.ts";
import { measuredEpochs, type RunOutcome, scoreIn } from "../store/run.ts";
import { errorName } from "../text/description.ts";
import { number, percent, percentTick } from "../text/format.ts";
import { shellWords } from "../text/shell-words.ts";
import { html, type Markup } from "./markup.ts";
import { figure, figures, halves, paragraph, range, section, table, thinned } from "./pieces.ts";
import { decidingWords, type ReportedRun } from "./reported-run.ts";

/** Points of a curve that are drawn, and rows of its table. */
const DRAWN = 300;
const LISTED = 20;

/** Errors and costs by epoch, with the epoch whose weights were saved. */
export function curvesOf(subject: ReportedRun): Markup | undefined {
  const { run } = subject;
  const { outcome, task } = run;
  const words = decidingWords(subject);
  const epochs = measuredEpochs(run.epochs, outcome);
  if (epochs.length === 0) return undefined;
  const name = errorName(task, experimentOf(run).targetScale);
  const best = outcome?.best?.epoch ?? 0;
  const drawn = thinned(epochs, DRAWN);
  const points = (of: (epoch: (typeof epochs)[number]) => number | undefined): readonly (readonly [number, number])[] =>
    drawn.flatMap((epoch) => {
      const value = of(epoch);
      return value === undefined || !Number.isFinite(value) ? [] : [[epoch.epoch, value] as const];
    });
  const listed = [...new Set([...thinned(epochs, LISTED), ...epochs.filter(({ epoch }) => epoch === best)])];
  // what decides, where that is not the error, comes before it
  const isOther = !words.isPlain && epochs.some(({ train, dev }) => (dev ?? train).deciding !== undefined);
  const decided = (part: { readonly deciding?: number } | undefined): number | undefined =>
    part?.deciding === undefined ? undefined : words.isMore ? 1 - part.deciding : part.deciding;
  const decidedText = (part: { readonly deciding?: number } | undefined): string =>
    part?.deciding === undefined ? "" : words.value(part.deciding);
  const numbers = table(
    [
      "#Epoch",
      ...(isOther ? [`#Train ${words.name}`, `#Dev ${words.name}`] : []),
      "#Cost",
      "#Dev cost",
      `#Train ${name.toLowerCase()}`,
      `#Dev ${name.toLowerCase()}`,
      "#Rate",
    ],
    listed
      .sort((a, b) => a.epoch - b.epoch)
      .map(({ epoch, cost, train, dev, rate }) => [
        epoch === best ? `${epoch} (saved)` : epoch,
        ...(isOther ? [decidedText(train), decidedText(dev)] : []),
        number(cost),
        dev === undefined ? "" : number(dev.cost),
        percent(train.error),
        dev === undefined ? "" : percent(dev.error),
        number(rate),
      ]),
  );
  const mark = best > 0 ? { mark: { x: best, text: `saved: epoch ${best}` } } : {};
  const x = { name: "epoch", from: 0, whole: true };
  const pair = (train: Parameters<typeof points>[0], dev: Parameters<typeof points>[0]) => {
    const measured = points(dev);
    return [
      { name: "train", hue: "train", points: points(train) } as const,
      ...(measured.length === 0 ? [] : [{ name: "dev", hue: "dev", points: measured } as const]),
    ];
  };
  const errors = pair(
    ({ train }) => train.error,
    ({ dev }) => dev?.error,
  );
  const costs = pair(
    ({ cost }) => cost,
    ({ dev }) => dev?.cost,
  );
  const positive = costs.every((one) => one.points.every(([, value]) => value > 0));
  return section(
    "Curves",
    figures(
      ...(isOther
        ? [
            figure(
              `${words.label} by epoch, the ${words.isMore ? "higher" : "lower"} the better`,
              {
                series: pair(
                  ({ train }) => decided(train),
                  ({ dev }) => decided(dev),
                ),
                x,
                y: { name: "", ...(words.isMore ? {} : { from: 0 }), text: words.tick },
                ...mark,
              },
              numbers,
            ),
          ]
        : []),
      figure(`${name} by epoch`, { series: errors, x, y: { name: "", from: 0, text: percentTick }, ...mark }, numbers),
      figure(
        "Cost by epoch, train with penalties and dropout",
        { series: costs, x, y: { name: "", text: number, logarithmic: positive }, ...mark },
        numbers,
      ),
    ),
  );
}

/** Whether a thing to try needs no options beside it: it has none, or they are part of its description. */
function isSaid(description: string, options: readonly string[]): boolean {
  return options.length === 0 || description.includes(shellWords(options));
}

/** How errors come from a measure; undefined where nothing needs to be said. */
function errorsText(measure: Json): string | undefined {
  const { title, meaning, dividesByVariance, better, unit } = measureFrom(measure);
  // what is averaged over classes is said by the sentence above
  if (dividesByVariance === true || meaning !== undefined) return undefined;
  if (better === "more") return `Errors are 1 - ${title}.`;
  return unit === "share"
    ? `Errors are those by ${title}.`
    : `Errors are the squared ratio of ${title} to that of the best constant answer, on the scale of 1 - R².`;
}

/** The verdict and the recipe. */
export function verdictOf(subject: ReportedRun): Markup {
  const { run, diagnosis, recipe, suspicions } = subject;
  const { id, outcome } = run;
  const summary = verdictSentence(diagnosis, suspicions);
  const { verdict, errors, intervals, avoidableBias, gap } = diagnosis;
  const between = (interval: { from: number; to: number } | undefined): string =>
    interval === undefined ? "" : range(interval, percent);
  const tries = recipe.map(
    ({ description: what, because, options }) =>
      html`<li><strong>${what}</strong>${isSaid(what, options) ? "" : html`<br><code>${shellWords(options)}</code>`}<br><span class="muted">because ${because}</span></li>`,
  );
  const isGood = verdict === "good" && suspicions.length === 0;
  const human =
    errors.human === 0
      ? html`Human-level error: taken as 0, set it with <code class="whole">--human</code>`
      : "Human-level error";
  // the errors of all networks, where each held some rows out
  const [learned, measured] =
    outcome?.shipped?.outOfFold === undefined
      ? ["Train error", "Dev error"]
      : ["Error on learned rows", "Error on held-out rows"];
  const numbers = table(
    ["", "#Measured", "#95% interval"],
    [
      [learned, percent(errors.train), between(intervals.train)],
      [measured, percent(errors.dev), between(intervals.dev)],
      [human, percent(errors.human), ""],
      ["Avoidable bias: train minus human", percent(avoidableBias), ""],
      ["Variance: dev minus train", percent(gap), between(intervals.gap)],
    ],
    errorsText(subject.diagnosis.measure),
  );
  const steps =
    tries.length === 0
      ? paragraph("Nothing needs to be tried.")
      : html`<h3>What to try, in this order</h3><ol>${tries}</ol>`;
  const further = paragraph(
    html`<span class="muted"><code>nabla diagnose ${id}</code> analyzes it further; <code>nabla train … --until-good</code> tries it.</span>`,
  );
  return section(
    "Verdict",
    halves(html`<p class="verdict ${isGood ? "good" : "bad"}">${summary}</p>${numbers}`, html`${steps}${further}`),
  );
}

/** What was done to the run while it trained; nothing for a run without live changes. */
export function journalOf({ run: { id, events } }: ReportedRun): Markup | undefined {
  const lines = journalLines(events);
  if (lines.length === 0) return undefined;
  return section(
    "Journal",
    html`<ol>${lines.map((line) => html`<li>${line}</li>`)}</ol>`,
    paragraph(html`<span class="muted"><code>nabla replay ${id}</code> repeats the training, bit for bit.</span>`),
  );
}

/** Rows that are passed through the layers. */
const HEALTH_ROWS = 256;

/** What passes through each layer. */
export async function healthOf({ parts, trained, preparation }: ReportedRun): Promise<Markup> {
  const indices = Uint32Array.from({ length: Math.min(HEALTH_ROWS, parts.train.rows) }, (_, row) => row);
  const examples = applyPreparation(preparation, takeTable(parts.train, indices));
  const { layers, findings, summary, verdict } = await health(trained, examples, { rows: HEALTH_ROWS });
  const tries = findings.map(
    ({ path, try: what, because }) =>
      html`<li><strong>${path}: ${what}</strong><br><span class="muted">because ${because}</span></li>`,
  );
  const points = (of: (layer: (typeof layers)[number]) => number): readonly (readonly [number, number])[] =>
    layers.flatMap((layer) => (of(layer) > 0 ? [[layer.index, of(layer)] as const] : []));
  const numbers = table(
    ["Layer", "#Deviation", "#Gain", "#Gradient", "#Gradient gain", "#Dead", "#Saturated"],
    layers.map(({ path, deviation, gain, gradient, gradientGain, dead, saturated }) => [
      path,
      ...[deviation, gain, gradient, gradientGain].map(number),
      percent(dead),
      saturated === undefined ? "" : percent(saturated),
    ]),
    "Standard deviation of a layer's output and its ratio to that of its input; the norm of the gradient there and its gain through the layer on the backward pass; units that output 0 for every row (dead); saturated outputs.",
  );
  const x = { name: "layer", from: 1, to: Math.max(2, layers.length), whole: true };
  const y = { name: "", logarithmic: true, text: number };
  return section(
    "Health by layer",
    html`<p class="verdict ${verdict === "healthy" ? "good" : "bad"}">${summary}</p>`,
    tries.length === 0 ? undefined : html`<ol>${tries}</ol>`,
    layers.length < 2
      ? undefined
      : figures(
          figure(
            "Standard deviation of the activations",
            { x, y, series: [{ name: "activations", hue: "train", points: points(({ deviation }) => deviation) }] },
            numbers,
          ),
          figure(
            "Norm of the gradients",
            { x, y, series: [{ name: "gradients", hue: "dev", points: points(({ gradient }) => gradient) }] },
            numbers,
          ),
        ),
    layers.length < 2 ? numbers : undefined,
    paragraph(
      html`<span class="muted">${count(examples.rows, "training row")} passed through the network with its saved weights.</span>`,
    ),
  );
}

function errorIn(outcome: RunOutcome | undefined, part: "train" | "dev"): string {
  const score = scoreIn(outcome, part);
  return score === undefined ? "" : percent(score.error);
}

/** The runs around this one. */
export function chainOf({ run, ancestors, children }: ReportedRun): Markup | undefined {
  const all = [...ancestors, run, ...children.toReversed()];
  if (all.length === 1 && run.testEvaluations.length === 0) return undefined;
  const rows = all.map(({ id, status, outcome, notes }) => [
    id === run.id ? `${id} (this run)` : id,
    status,
    errorIn(outcome, "train"),
    errorIn(outcome, "dev"),
    outcome?.verdict ?? "",
    notes ?? "",
  ]);
  const testEvaluations =
    run.testEvaluations.length === 0
      ? undefined
      : paragraph(`The test part of this run was opened ${count(run.testEvaluations.length, "time")}.`);
  return section("Chain of runs", table(["Run", "State", "#Train", "#Dev", "Verdict", "Notes"], rows), testEvaluations);
}
