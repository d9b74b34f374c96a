/** The head of a report, and what was given: data, parts, network. */
import { compact, count, errorBy, type Json, measureFrom } from "nabla";
import { errorWhere, isPlainError, measureOfRun } from "../runs/decides.ts";
import { experimentOf } from "../runs/stored-run.ts";
import { type Score, scoreIn } from "../store/run.ts";
import {
  balanceTexts,
  baselineName,
  baselineNames,
  besideText,
  columnsText,
  errorName,
  errorText,
  kindText,
  networkText,
  partsText,
} from "../text/description.ts";
import { duration } from "../text/duration.ts";
import { boundsText, moment, number } from "../text/format.ts";
import { html, type Markup } from "./markup.ts";
import { facts, folded, type Page, paragraph, section, table, tile } from "./pieces.ts";
import { decidingWords, type ReportedRun } from "./reported-run.ts";

/** Name, time and the numbers that count. */
export function headOf(subject: ReportedRun): Pick<Page, "title" | "subtitle" | "tiles"> {
  const { run } = subject;
  const { outcome, task, target } = run;
  const words = decidingWords(subject);
  const name = errorName(task, experimentOf(run).targetScale).replace(/^[A-Z](?=[a-z])/, (first) =>
    first.toLowerCase(),
  );
  // where networks held rows out in turn, the numbers are those that the verdict goes by
  const all = outcome?.shipped?.outOfFold;
  const [train, dev] =
    all === undefined ? [scoreIn(outcome, "train"), scoreIn(outcome, "dev")] : [learnedScore(subject), all];
  const [learned, measured] = all === undefined ? ["train", "dev"] : ["learned rows", "held-out rows"];
  const decided = (score: Partial<Pick<Score, "deciding">> | undefined, of: string): readonly Markup[] =>
    score?.deciding === undefined ? [] : [tile(words.value(score.deciding), `${words.name}, ${of}`)];
  const always = outcome?.baseline?.deciding === undefined ? baselineName(task) : `${name}, ${baselineName(task)}`;
  const tiles =
    outcome === undefined
      ? []
      : [
          ...decided(dev, measured),
          ...decided(train, learned),
          ...decided(outcome.baseline, "always the same answer"),
          ...(dev === undefined ? [] : [tile(errorText(dev.error), `${name}, ${measured}`)]),
          ...(dev?.rmse === undefined || words.name === "RMSE" ? [] : [tile(number(dev.rmse), `RMSE, ${measured}`)]),
          ...(train === undefined ? [] : [tile(errorText(train.error), `${name}, ${learned}`)]),
          ...(outcome.baseline === undefined ? [] : [tile(errorText(outcome.baseline.error), always)]),
          tile(duration(outcome.seconds), count(outcome.epochs, "epoch")),
        ];
  const subtitle = `Trained ${moment(run.created)} by nabla ${run.version}, ${run.status}.`;
  return { title: `${target}: ${run.id}`, subtitle, tiles };
}

/** What networks that held rows out in turn reach on the rows that they learned. */
function learnedScore({ run, diagnosis, heldOut }: ReportedRun): Pick<Score, "error" | "deciding"> {
  if (heldOut === undefined) return { error: diagnosis.errors.train };
  const measure = measureOfRun(experimentOf(run));
  const deciding = measure === undefined || isPlainError(measure) ? undefined : errorWhere(measure, heldOut.train);
  const isJudged = measureFrom(diagnosis.measure).dividesByVariance === true;
  const error = isJudged ? diagnosis.errors.train : errorBy(measureFrom("error"), heldOut.train);
  return compact({ error, deciding });
}

/** The network beside models without hidden layers. */
export function baselinesOf(subject: ReportedRun): Markup | undefined {
  const { baselines = [] } = subject.run.outcome ?? {};
  const words = decidingWords(subject);
  if (baselines.length === 0) return undefined;
  return section(
    "Baselines",
    paragraph(
      "What models without hidden layers reach on the dev rows, and the network that was watched beside them, paired row by row.",
    ),
    table(
      ["Model", `#${words.dev}`, "The network"],
      baselines.map(({ method, error, ...beside }) => [
        baselineNames[method],
        words.value(error),
        besideText(beside, words),
      ]),
    ),
  );
}

/** What the data are and how they were divided. */
export function dataOf({ run, parts, trained, notices: said, suspicions }: ReportedRun): Markup {
  const { profile, policy, rows } = parts;
  const inputs = profile.columns.filter(({ use }) => use === "input");
  const notices = said.map(({ message }) => html`<li>${message}</li>`);
  const warnings = suspicions.map(
    ({ message, hint }) => html`<li><strong>${message}</strong><br><span class="muted">${hint}</span></li>`,
  );
  return section(
    "Data",
    facts([
      ["File", profile.file],
      ["Rows", count(profile.rows, "row")],
      [
        "Inputs",
        experimentOf(run).image === undefined
          ? columnsText(inputs.map(({ as = "" }) => as))
          : `images of ${trained.shape.join(" × ")}`,
      ],
      ["Target", `${run.target}: ${profile.task?.reason ?? run.task}`],
      ["Parts", `${partsText(rows)}. ${policy.reason}`],
      ["Hash", html`<code>${run.data.sha256}</code>`],
    ]),
    warnings.length === 0 ? undefined : html`<h3>Warnings</h3><ul>${warnings}</ul>`,
    notices.length === 0 ? undefined : html`<h3>Notes</h3><ul>${notices}</ul>`,
    folded(
      count(profile.columns.length, "column"),
      table(
        ["Column", "Read as", "Use", "Examples", "#Missing", "#Distinct", "Range"],
        profile.columns
          .slice(0, 200)
          .map(({ name, as, how, use, reason, examples, missing, distinct, range, minimum, maximum, unit }) => [
            name,
            how,
            reason === undefined ? use : `left out: ${reason}`,
            examples.join(", "),
            number(missing),
            number(distinct),
            as === "number" && minimum !== undefined && maximum !== undefined
              ? boundsText({ minimum, maximum, unit })
              : (range ?? ""),
          ]),
        profile.columns.length > 200 ? "The first 200 columns." : undefined,
      ),
    ),
  );
}

/** The network and how it was trained. */
export function networkOf({ run, trained, temperature }: ReportedRun): Markup {
  const resolved = experimentOf(run);
  const { optimizer, schedule, penalty, batch, epochs, patience, seed } = resolved;
  const shapes = [...trained.weights].map(([path, { shape }]) => [
    path,
    shape.join(" × ") || "1",
    number(shape.reduce((product, length) => product * length, 1)),
  ]);
  return section(
    "Network",
    facts([
      ["Layers", networkText(resolved.model, trained.shape.join(" × "))],
      ["Parameters", count(run.parameters, "number")],
      ["Loss", [kindText("loss", resolved.loss), ...balanceTexts(resolved.balance)].join("; ")],
      ["Optimizer", `${kindText("optimizer", optimizer)}; ${kindText("schedule", schedule)} schedule`],
      ["Penalty", penalty === undefined ? "none" : kindText("penalty", penalty)],
      ["Steps", `batch size ${batch}, at most ${count(epochs, "epoch")}, patience ${count(patience, "epoch")}`],
      ["Seed", String(seed)],
      ...(temperature === undefined
        ? []
        : [
            [
              "Temperature",
              `${number(temperature)}, fitted on rows that were not learned; nabla predict applies it`,
            ] as const,
          ]),
    ]),
    folded("Parameters by layer", table(["Path", "Shape", "#Numbers"], shapes)),
  );
}

/** How to make the same run again. */
export function againOf({ run }: ReportedRun): Markup {
  const { model, image, output: _output, ...resolved } = experimentOf(run);
  const layers = typeof model === "object" && model !== null && "layers" in model ? model.layers : [model];
  const all = {
    ...resolved,
    ...(image === undefined ? {} : { image: image.join("x") }),
    layers,
  } as unknown as Readonly<Record<string, Json | undefined>>;
  // JSON is YAML too
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`],
  );
  return section(
    "Reproduce it",
    paragraph("Save this as experiment.yaml; the same data, version and seed give the same numbers."),
    html`<pre>${lines.join("\n")}</pre><pre>nabla train --config experiment.yaml</pre>`,
  );
}
