/** A study as the page of one shows it. */
import { measureFrom } from "nabla";
import { contour, slices, spaceToJson } from "nabla/tune";
import type { StoredStudy, StoredTrial } from "../../store/study.ts";
import { axisOf, valueAt } from "../../studies/axis-text.ts";
import { type ReportedStudy, studyWith, studyWords } from "../../studies/reported-study.ts";
import { outcomeIn, wantedIn } from "../../studies/study-record.ts";
import { partsText } from "../../text/description.ts";
import { duration } from "../../text/duration.ts";
import { rangeText } from "../../text/format.ts";
import { measureInRecord } from "../../text/measure-words.ts";
import { shellWords } from "../../text/shell-words.ts";
import { shortValueText, valuesText } from "../../text/values.ts";
import type { StudyAxis, StudyDetails, StudyLine, StudyShows, StudyTrial } from "./api-studies.ts";
import { studyLanes } from "./study-lanes.ts";

/** A study as a row, by its trials; of one whose record was changed nothing else can be told. */
export function studyLine(study: StoredStudy, all: readonly StoredTrial[]): StudyLine {
  const trials = all.filter(({ repeat }) => repeat === 0);
  const having = (status: StoredTrial["status"]): number => trials.filter((trial) => trial.status === status).length;
  const { name, created, updated, target, task } = study;
  let best = Number.POSITIVE_INFINITY;
  const improvements = trials.flatMap(({ number, status, value }) => {
    if (status !== "done" || value === undefined || value >= best) return [];
    best = value;
    return [[number, value] as const];
  });
  return {
    ...{ name, created, updated, target, task, file: study.data.path },
    status: study.changed ? "changed" : study.status,
    wanted: study.changed ? 0 : wantedIn(study).trials,
    done: having("done"),
    pruned: having("pruned"),
    failed: having("failed"),
    running: having("running"),
    isShare: measureFrom(measureInRecord(study.experiment) ?? "error").unit === "share",
    improvements,
  };
}

/** A study in full. */
export async function studyDetails(stored: StoredStudy, all: readonly StoredTrial[]): Promise<StudyDetails> {
  const { stringify } = await import("yaml");
  const subject = studyWith(stored, all);
  const { study } = subject;
  const { boxes, notices } = study.shown();
  const outcome = outcomeIn(stored);
  const run = outcome?.best?.run;
  return {
    line: studyLine(stored, all),
    errorName: studyWords(stored).devError,
    axes: study.axes.map(({ path }) => axisIn(subject, path)),
    trials: subject.trials.map((trial) => trialIn(subject, trial)),
    boxes: boxes.map((box) => ({
      ...box,
      texts: Object.fromEntries(
        Object.entries(box.sides)
          .filter(([, { from, to }]) => from > 0 || to < 1)
          .map(([path, { from, to }]) => [path, `${valueAt(subject, path, from)} to ${valueAt(subject, path, to)}`]),
      ),
    })),
    lanes: studyLanes(all, Date.now()),
    notices,
    facts: factsOf(subject),
    ...(run === null || run === undefined ? {} : { run }),
    space: stringify(spaceToJson(study.space), { flowCollectionPadding: false, lineWidth: 0, collectionStyle: "any" }),
    command: `nabla tune ${shellWords(["--study", stored.name])}`,
  };
}

function factsOf({ stored, outcome }: ReportedStudy): StudyDetails["facts"] {
  const { best, handed, optimism, seconds } = outcome ?? {};
  const { error: shown } = studyWords(stored);
  return [
    ["Data", `${stored.data.path}\nSHA-256 ${stored.data.sha256}`],
    ["Task", `${stored.task} of ${stored.target}; ${partsText(stored.rows)}`],
    ...(best === null || best === undefined
      ? []
      : [
          ["Best", `trial ${best.number}: ${shown(best.error)} (${rangeText(best.interval, shown)})`] as const,
          ["Values", valuesText(best.values)] as const,
          ["Why", best.said] as const,
        ]),
    ...(handed === undefined ? [] : [["Handed over", handed.summary] as const]),
    ...(optimism === null || optimism === undefined
      ? []
      : [["Luck", `${shown(optimism.apparent)} looks like ${shown(optimism.honest)} on other rows`] as const]),
    ...(seconds === undefined ? [] : [["Time", duration(seconds)] as const]),
    ...(stored.notes === undefined ? [] : [["Notes", stored.notes] as const]),
  ];
}

function axisIn(subject: ReportedStudy, path: string): StudyAxis {
  const { from, to, every, text } = axisOf(subject, path);
  const places = Array.from({ length: Math.round((to - from) / every) + 1 }, (_, i) => from + i * every);
  return { path, ticks: places.flatMap((unit) => (text(unit) === "" ? [] : [[unit, text(unit)] as const])) };
}

/** Errors of a sparkline at most. */
const SPARKS = 48;

function trialIn({ study }: ReportedStudy, trial: StoredTrial): StudyTrial {
  const { number, status, value, reason, seconds, measures, units, reports } = trial;
  const { epochs } = measures ?? {};
  const stride = Math.max(1, Math.ceil(reports.length / SPARKS));
  return {
    number,
    status,
    ...(value === undefined || !Number.isFinite(value) ? {} : { error: value }),
    ...(reason === undefined ? {} : { reason }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(epochs === undefined ? {} : { epochs }),
    units: study.axes.map(({ path }) => units[path] ?? null),
    texts: study.axes.map(({ path, domain }) => {
      const unit = units[path];
      return unit === undefined ? "" : shortValueText(domain.at(unit));
    }),
    errors: reports.flatMap((report, i) =>
      (i % stride === 0 || i === reports.length - 1) && Number.isFinite(report.value) ? [report.value] : [],
    ),
  };
}

/** Slices that are shown. */
const MOST = 6;

/** What the trials show of the hyperparameters. */
export function studyShows({ study, importance }: ReportedStudy): StudyShows {
  const order = importance.map(({ path }) => path);
  const [first, second] = order;
  if (first === undefined) return { importance, slices: [] };
  const all = slices(study, { seed: study.seed }).toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  const expected = second === undefined ? undefined : contour(study, [first, second], { seed: study.seed });
  return {
    importance,
    slices: all.slice(0, MOST).map(({ path, curve }) => ({
      path,
      curve: curve.map(({ unit, value, interval }) => ({ unit, value, ...interval })),
    })),
    ...(expected === undefined || second === undefined
      ? {}
      : { contour: { paths: [first, second] as const, values: expected.values } }),
  };
}
