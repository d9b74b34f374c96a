/** Stored studies, one a line or one in full. */
import { count } from "nabla";
import type { StoredStudy, StoredTrial } from "../store/study.ts";
import { outcomeIn } from "../studies/study-record.ts";
import { partsText } from "../text/description.ts";
import { duration } from "../text/duration.ts";
import { moment } from "../text/format.ts";
import { clip, grid, WIDTH } from "../text/layout.ts";
import { type MeasureWords, measureInRecord, measureWords } from "../text/measure-words.ts";
import { valuesText } from "../text/values.ts";
import { commandsOn } from "./command-line.ts";
import { factsText, nextFacts } from "./facts.ts";
import type { ShowOptions } from "./run-list.ts";
import { plain } from "./style.ts";

const columns = [
  { title: "study" },
  { title: "status" },
  { title: "target" },
  { title: "dev", align: "right" },
  { title: "begun" },
] as const;

/** All studies as a table. Names are never cut, since they are there to be copied. */
export function studiesText(studies: readonly StoredStudy[]): string {
  return grid(
    columns,
    studies.map((study) => {
      const { name, status, target, created, changed } = study;
      const { best } = outcomeIn(study) ?? {};
      return [
        name,
        changed ? "changed" : status,
        clip(target, 16),
        best ? devCell(study, best.error) : "",
        moment(created),
      ];
    }),
  );
}

function wordsOf({ experiment, task }: StoredStudy): MeasureWords {
  return measureWords(measureInRecord(experiment), { task });
}

/** What decides between its trials: by its name, where it is not the error. */
function devCell(study: StoredStudy, error: number): string {
  const words = wordsOf(study);
  return words.isPlain ? words.value(error) : `${words.name} ${words.value(error)}`;
}

/** Trials that are listed of a study. */
const LISTED = 10;

/** One study in full: its result and its best trials. */
export function studyText(
  study: StoredStudy,
  all: readonly StoredTrial[],
  { style = plain, place }: ShowOptions = {},
): string {
  const line = commandsOn(place);
  const words = wordsOf(study);
  const trials = all.filter(({ repeat }) => repeat === 0);
  const states = Map.groupBy(trials, ({ status }) => status);
  const counts = [...states].map(([status, those]) => `${those.length} ${status}`).join(", ");
  const { best, optimism, seconds, hash } = outcomeIn(study) ?? {};
  const done = trials
    .flatMap(({ number, value, values, status }) =>
      value === undefined || status !== "done" ? [] : [{ number, value, values }],
    )
    .toSorted((a, b) => a.value - b.value || a.number - b.number)
    .slice(0, LISTED);
  const rows = done.map(({ number, value, values }) => {
    const cells = [String(number), words.value(value)];
    return [...cells, clip(valuesText(values), WIDTH - 30)];
  });
  const listed = grid(
    [{ title: "trial", align: "right" }, { title: "dev", align: "right" }, { title: "values" }],
    rows,
  );
  return factsText(
    [
      ["Study", `${study.name}, ${study.status}, started ${moment(study.created)}`],
      ["Data", `${study.data.path}: ${partsText(study.rows)}`],
      [
        "Trials",
        `${count(trials.length, "trial")}: ${counts}${seconds === undefined ? "" : `, in ${duration(seconds)}`}`,
      ],
      ...(best ? [["Best", `trial ${best.number}: ${valuesText(best.values)}`] as const] : []),
      ...(best ? [[words.dev, `${words.value(best.error)}, 95% interval ${words.range(best.interval)}`] as const] : []),
      ...(optimism ? [["Optimism", `expect ${words.value(optimism.honest)} on new rows`] as const] : []),
      ...(best?.model ? [["Model", best.model] as const] : []),
      ...(best?.run ? [["Run", best.run] as const] : []),
      ...(study.notes === undefined ? [] : [["Notes", study.notes] as const]),
      ...(hash === undefined ? [] : [["Hash", hash.slice(0, 16)] as const]),
      ...(rows.length === 0 ? [] : [["Lowest", listed, "whole"] as const]),
      ...nextFacts(
        [
          [line("report", study.name), "writes a report in one HTML file"],
          [line("tune", "--study", study.name), "resumes it"],
        ],
        style,
      ),
    ],
    style,
  );
}
