/** The next training or study: data, target, options; what it would do; and its start. */
import type {
  DataRemark,
  FilledForm,
  OptionForm,
  OptionForms,
  PlannedTraining,
  ProfiledFile,
  StartedWork,
  WrittenRequest,
} from "@nabla/workbench";
import { useEffect, useState } from "preact/hooks";
import { followLink, goTo, parameter } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { ColumnTable } from "./column-table.tsx";
import { Copied } from "./copied.tsx";
import { DataChooser } from "./data-chooser.tsx";
import { draft, requestOf, say } from "./draft.ts";
import { OptionFields } from "./option-form.tsx";
import { type Posed, usePosed } from "./posed.ts";
import { act, ask, facts, RefusedError } from "./server.ts";
import { countText } from "./text.ts";
import { attempt } from "./toasts.tsx";

/** Milliseconds that typing rests before the data are read again. */
const REST = { plan: 700, written: 150 } as const;

const OPEN = { values: "a text", standard: "" } as const;

/** Options of a study that are its own affair, not fields of the search. */
const STUDY_OWN: readonly OptionForm[] = [
  { ...OPEN, name: "name", input: "text", help: "what the study is called; left out, it gets a name" },
  { ...OPEN, name: "workers", input: "text", help: "parallel trials, from 1; left out, one for each core" },
  {
    ...OPEN,
    name: "space",
    input: "lines",
    help: "hyperparameters in YAML, one a line, such as rate: { logUniform: [1e-4, 1e-1] }; left out, all that no option sets",
  },
];

/** The room in which the next training or study is described and begun. */
export function StartRoom() {
  const like = parameter("like");
  useEffect(() => {
    if (like === "" || like === draft.peek().like) return;
    void attempt(async () => {
      const form = await ask<FilledForm>(`/api/runs/${encodeURIComponent(like)}/form`);
      draft.value = { ...draft.peek(), experiment: form, like };
    });
  }, [like]);
  const { experiment, study, isStudy } = draft.value;
  const { data, target } = experiment;
  const read = Object.fromEntries(
    Object.entries(experiment).filter(([name]) => name !== "target" && READING.includes(name)),
  );
  const profile = usePosed<ProfiledFile>("/api/profile", data === undefined ? undefined : { experiment: read }, 0);
  const isReady = data !== undefined && (target !== undefined || profile.data?.isImages === true);
  const plan = usePosed<PlannedTraining>("/api/plan", isReady ? { experiment } : undefined, REST.plan);
  const { data: forms } = useAnswer<OptionForms>("/api/options", 0);
  if (facts.value?.readOnly === true)
    return (
      <main class="empty">
        <h1>This server only lets look</h1>
        <p>
          Start <code>nabla ui</code> without <code>--read-only</code> to train from these pages.
        </p>
      </main>
    );
  return (
    <main class="start">
      <div class="filled">
        <h1>{isStudy ? "New study" : "New training"}</h1>
        <fieldset class="choice">
          <legend class="hidden">What to start</legend>
          {[
            { is: false, title: "One training" },
            { is: true, title: "Study: search the best settings" },
          ].map(({ is, title }) => (
            <label key={title} class={is === isStudy ? "chosen" : ""}>
              <input
                type="radio"
                name="kind"
                checked={is === isStudy}
                onChange={() => {
                  draft.value = { ...draft.value, isStudy: is };
                }}
              />
              {title}
            </label>
          ))}
        </fieldset>
        {draft.value.like !== "" && (
          <p class="muted">
            Filled in as{" "}
            <a href={`/runs/${encodeURIComponent(draft.value.like)}`} onClick={followLink}>
              {draft.value.like}
            </a>{" "}
            was trained; change what should differ. A training will have it as its parent.
          </p>
        )}
        <DataChooser />
        {profile.error !== undefined && <Failure error={profile.error} />}
        {profile.data !== undefined && data !== undefined && <Columns file={profile.data} waits={profile.waits} />}
        {forms !== undefined && isReady && (
          <Options forms={forms} chosen={plan.data?.chosen ?? {}} error={plan.error} study={study} />
        )}
      </div>
      <aside class="beside" aria-label="What would be trained">
        <Beside plan={plan} said={profile.data?.remarks ?? []} isReady={isReady} isStudy={isStudy} />
      </aside>
    </main>
  );
}

/** Options that change how a file is read. */
const READING: readonly string[] = [
  ...["data", "columns", "units", "missing", "badCells", "mergeCase", "encoding", "delimiter", "header", "footer"],
  ...["sheet", "format", "maxExpansion", "image", "skipBroken", "maxPixels"],
];

function Failure({ error }: { readonly error: Error }) {
  return (
    <p class="card bad" role="alert">
      {error.message}
      {error instanceof RefusedError && error.hint !== undefined && <span class="muted"> ({error.hint})</span>}
    </p>
  );
}

function Columns({ file, waits }: { readonly file: ProfiledFile; readonly waits: boolean }) {
  const { rows, columns, form, remarks, isImages } = file;
  return (
    <section class="card" aria-busy={waits}>
      <h2>{isImages ? "Images" : "Columns"}</h2>
      <p class="muted">
        {file.file}: {countText(rows)} rows{isImages ? "" : `, ${countText(columns.length)} columns`}
        {form === undefined ? "" : ` (${form})`}
      </p>
      {isImages ? <p>The class of each image is what is learned.</p> : <ColumnTable columns={columns} />}
      <Remarks remarks={remarks} />
    </section>
  );
}

function Remarks({ remarks }: { readonly remarks: readonly DataRemark[] }) {
  if (remarks.length === 0) return null;
  return (
    <ul class="remarks">
      {remarks.map(({ severity, message, hint, remedy }) => (
        <li key={message} class={severity}>
          <span>
            {severity === "warning" && <b>Warning: </b>}
            {message}
            {hint === undefined ? "" : `; ${hint}`}
          </span>
          {remedy !== undefined && (
            <button
              type="button"
              onClick={() => {
                const { data, target } = draft.value.experiment;
                const kept = { ...(data === undefined ? {} : { data }), ...(target === undefined ? {} : { target }) };
                draft.value = { ...draft.value, experiment: { ...remedy, ...kept } };
              }}
            >
              Mend it
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface OptionsProps {
  readonly forms: OptionForms;
  readonly chosen: Readonly<Record<string, string>>;
  readonly error: Error | undefined;
  readonly study: (typeof draft.value)["study"];
}

function Options({ forms, chosen, error, study }: OptionsProps) {
  const [sought, setSought] = useState("");
  const { experiment, isStudy } = draft.value;
  const words = sought
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const fits = ({ name, flag = "", help, standard, words: kinds = [], family = "" }: OptionForm): boolean => {
    const within = Object.values(forms.families[family] ?? {}).flatMap(({ options }) => options.map((one) => one.name));
    const text = [name, flag, help, standard, ...kinds, ...within].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const wrong =
    error instanceof RefusedError ? { option: error.option, message: error.message } : { option: "", message: "" };
  const groups = [
    ...(isStudy ? [{ title: "Search", options: [...forms.study, ...STUDY_OWN], part: "study" as const }] : []),
    ...forms.groups.map((group) => ({ ...group, part: "experiment" as const })),
  ].map((group) => ({ ...group, shown: group.options.filter(fits) }));
  const found = groups.reduce((sum, { shown }) => sum + shown.length, 0);
  return (
    <section class="card">
      <div class="title">
        <h2>Options</h2>
        <input
          type="search"
          aria-label="Search options"
          placeholder="rate, dropout, classes…"
          value={sought}
          onInput={({ currentTarget }) => setSought(currentTarget.value)}
        />
      </div>
      <p class="muted" role="status">
        {words.length === 0
          ? "Each is chosen from the data where nothing is said; gray texts are what it comes to."
          : `${found} options`}
      </p>
      {groups
        .filter(({ shown }) => shown.length > 0)
        .map(({ title, shown, part }) => {
          const said = part === "study" ? study : experiment;
          const count = shown.filter(({ name }) => said[name] !== undefined).length;
          const isOpen = words.length > 0 || title === "Search" || shown.some(({ name }) => name === wrong.option);
          return (
            <details key={`${title} ${isOpen}`} class="group" open={isOpen}>
              <summary>
                {title} {count > 0 && <span class="pill">{count} set</span>}
              </summary>
              <OptionFields
                options={shown}
                forms={forms}
                said={said}
                chosen={part === "study" ? {} : chosen}
                wrong={wrong}
                onSay={(name, value) => say(part, name, value)}
              />
            </details>
          );
        })}
    </section>
  );
}

interface BesideProps {
  readonly plan: Posed<PlannedTraining>;
  /** What is said of the file already. */
  readonly said: readonly DataRemark[];
  readonly isReady: boolean;
  readonly isStudy: boolean;
}

function Beside({ plan: { data: planned, error, waits }, said, isReady, isStudy }: BesideProps) {
  const [starting, setStarting] = useState(false);
  const request = requestOf(draft.value);
  const { data: text, error: unwritten } = usePosed<WrittenRequest>(
    "/api/written",
    isReady ? request : undefined,
    REST.written,
  );
  if (!isReady)
    return (
      <>
        <h2>What would be trained</h2>
        <p class="muted">Choose data and the column to predict. Everything else has a default.</p>
      </>
    );
  const begin = (): void => {
    setStarting(true);
    void attempt(async () => {
      const { kind, name } = await act<StartedWork>("/api/start", request);
      goTo(`/${kind === "run" ? "runs" : "studies"}/${encodeURIComponent(name)}`);
    }).finally(() => setStarting(false));
  };
  const failure = error ?? unwritten;
  return (
    <div aria-busy={waits}>
      <h2>What would be trained</h2>
      {failure !== undefined && <Failure error={failure} />}
      {planned !== undefined && (
        <div>
          <dl>
            {(
              [
                ["Task", planned.task],
                ["Rows", `${planned.parts} (${planned.splitReason})`],
                ["Fed", `${countText(planned.features)} numbers per example`],
                ["Network", planned.network],
              ] as const
            ).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Remarks remarks={planned.remarks.filter((one) => !said.some(({ message }) => message === one.message))} />
        </div>
      )}
      {planned === undefined && failure === undefined && <p class="muted">Reading the data…</p>}
      {!isStudy && (
        <label class="switch">
          <input
            type="checkbox"
            checked={draft.value.untilGood}
            onChange={({ currentTarget }) => {
              draft.value = { ...draft.value, untilGood: currentTarget.checked };
            }}
          />
          <span>
            Keep improving until bias and variance are low
            <span class="muted">
              {" "}
              (each change a run of its own, until nothing is left to try or the option time is up)
            </span>
          </span>
        </label>
      )}
      <button type="button" class="primary" disabled={starting || failure !== undefined} onClick={begin}>
        {starting ? "Starting…" : isStudy ? "Start the study" : "Start training"}
      </button>
      {text !== undefined && (
        <>
          <h3>The same as a command</h3>
          <Copied text={text.command} />
          <h3>As experiment.yaml</h3>
          <Copied text={text.yaml} />
        </>
      )}
    </div>
  );
}
