/** The head of a report, and what was given: data, parts, network. */
import { count, type Json } from "nabla";
import { experimentOf } from "../runs/stored-run.ts";
import { scoreIn } from "../store/run.ts";
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
import type { ReportedRun } from "./reported-run.ts";

/** Name, time and the numbers that count. */
export function headOf({ run, diagnosis }: ReportedRun): Pick<Page, "title" | "subtitle" | "tiles"> {
  const { outcome, task, target } = run;
  const name = errorName(task, experimentOf(run).targetScale).replace(/^[A-Z](?=[a-z])/, (first) =>
    first.toLowerCase(),
  );
  // where networks held rows out in turn, the numbers are those that the verdict goes by
  const all = outcome?.shipped?.outOfFold;
  const [train, dev] =
    all === undefined ? [scoreIn(outcome, "train"), scoreIn(outcome, "dev")] : [{ error: diagnosis.errors.train }, all];
  const [learned, measured] = all === undefined ? ["train", "dev"] : ["learned rows", "held-out rows"];
  const tiles =
    outcome === undefined
      ? []
      : [
          ...(dev === undefined ? [] : [tile(errorText(dev.error), `${name}, ${measured}`)]),
          ...(dev?.rmse === undefined ? [] : [tile(number(dev.rmse), `RMSE, ${measured}`)]),
          ...(train === undefined ? [] : [tile(errorText(train.error), `${name}, ${learned}`)]),
          ...(outcome.baseline === undefined ? [] : [tile(errorText(outcome.baseline.error), baselineName(task))]),
          tile(duration(outcome.seconds), count(outcome.epochs, "epoch")),
        ];
  const subtitle = `Trained ${moment(run.created)} by nabla ${run.version}, ${run.status}.`;
  return { title: `${target}: ${run.id}`, subtitle, tiles };
}

/** The network beside models without hidden layers. */
export function baselinesOf({ run: { outcome } }: ReportedRun): Markup | undefined {
  const { baselines = [] } = outcome ?? {};
  if (baselines.length === 0) return undefined;
  return section(
    "Baselines",
    paragraph(
      "What models without hidden layers reach on the dev rows, and the network that was watched beside them, paired row by row.",
    ),
    table(
      ["Model", "#Dev error", "The network"],
      baselines.map(({ method, error, ...beside }) => [baselineNames[method], errorText(error), besideText(beside)]),
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
