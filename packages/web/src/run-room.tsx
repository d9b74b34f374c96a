/** One run: what came of it, what to try next, its curves, and what it was made of. */
import type { RunDetails, RunLine } from "@nabla/workbench";
import { percent } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { followLink } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { Copied } from "./copied.tsx";
import { CurvesPanel } from "./curves-panel.tsx";
import { lazyRoom } from "./lazy-room.tsx";
import { LivePanel } from "./live-panel.tsx";
import { Status } from "./run-table.tsx";
import { act, changesOfRun, facts, resets } from "./server.ts";
import { cellText } from "./text.ts";
import { attempt, note } from "./toasts.tsx";
import { Verdict } from "./verdict.tsx";

const ErrorsPanel = lazyRoom(async () => (await import("./errors-panel.tsx")).ErrorsPanel);

const ThresholdPanel = lazyRoom(async () => (await import("./threshold-panel.tsx")).ThresholdPanel);
const HealthPanel = lazyRoom(async () => (await import("./health-panel.tsx")).HealthPanel);
const LearningPanel = lazyRoom(async () => (await import("./learning-panel.tsx")).LearningPanel);
const BoundaryPanel = lazyRoom(async () => (await import("./boundary-panel.tsx")).BoundaryPanel);
const FilesPanel = lazyRoom(async () => (await import("./files-panel.tsx")).FilesPanel);

/** The room of the run with this name. */
export function RunRoom({ id }: { readonly id: string }) {
  const { data, error } = useAnswer<RunDetails>(`/api/runs/${encodeURIComponent(id)}`, changesOfRun(id) + resets.value);
  if (data === undefined)
    return (
      <main class="empty">
        <h1>{error === undefined ? "" : "This run cannot be shown"}</h1>
        <p>{error?.message}</p>
        <p>
          <a href="/" onClick={followLink}>
            All runs
          </a>
        </p>
      </main>
    );
  const { line } = data;
  return (
    <main class="run">
      <nav class="path" aria-label="Way">
        <a href="/" onClick={followLink}>
          Runs
        </a>
        {data.ancestors.map(({ id: one }) => (
          <a key={one} href={`/runs/${encodeURIComponent(one)}`} onClick={followLink}>
            {one}
          </a>
        ))}
      </nav>
      <header class="title">
        <h1>{line.id}</h1>
        <Status status={line.status} />
        {line.tags.map((tag) => (
          <span key={tag} class="pill tag">
            {tag}
          </span>
        ))}
        {data.hasModel && (
          <a href={`/models/${encodeURIComponent(id)}`} onClick={followLink}>
            Try its model
          </a>
        )}
        {facts.value?.readOnly === false && (
          <a href={`/new?like=${encodeURIComponent(id)}`} onClick={followLink}>
            Start one like this
          </a>
        )}
        {data.resumable && facts.value?.readOnly === false && <Resume id={id} />}
      </header>
      <Tiles details={data} />
      {data.live && <LivePanel id={id} />}
      <section class="card">
        <h2>Curves</h2>
        <CurvesPanel runs={[id]} names={() => id} single />
      </section>
      <Verdict details={data} />
      <Chain details={data} />
      <Notes key={line.notes ?? ""} line={line} />
      <section class="card">
        <h2>Summary</h2>
        <dl>
          {data.facts.map(([name, text]) => (
            <div key={name + text}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </section>
      {data.warnings.length > 0 && (
        <section class="card">
          <h2>Its data</h2>
          <ul class="remarks">
            {data.warnings.map(({ severity, message, hint }) => (
              <li key={message} class={severity}>
                <span>
                  {severity === "warning" && <b>Warning: </b>}
                  {message}; {hint}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {data.hasModel && <ErrorsPanel id={id} />}
      {data.decides && <ThresholdPanel id={id} />}
      {data.hasModel && <BoundaryPanel id={id} />}
      <HealthPanel id={id} hasEnded={data.hasModel && line.status !== "running"} isLive={data.live} />
      {data.hasModel && <LearningPanel id={id} />}
      {data.hasModel && <Report id={id} />}
      <FilesPanel id={id} />
      <section class="card">
        <h2>Train it again</h2>
        <p>
          Saved as experiment.yaml, this trains the same network; the same data, version and seed give the same numbers.
        </p>
        <Copied text={data.experiment} />
        <Copied text={data.command} />
      </section>
    </main>
  );
}

function Tiles({ details: { line, errorName } }: { readonly details: RunDetails }) {
  const error = errorName.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const { measures } = line;
  const all = [
    [`Dev ${error}`, "dev.error"],
    [`Train ${error}`, "train.error"],
    ["Dev RMSE", "dev.rmse"],
    ["Best epoch", "best.epoch"],
    ["Epochs", "epochs"],
    ["Time", "seconds"],
  ] as const;
  return (
    <div class="tiles">
      {all
        .filter(([, name]) => measures[name] !== undefined)
        .map(([title, name]) => (
          <div key={name} class="tile">
            <b>{measures[name] === null ? "n/a" : cellText(name, measures[name])}</b>
            <span>{title}</span>
          </div>
        ))}
    </div>
  );
}

function Resume({ id }: { readonly id: string }) {
  return (
    <button
      type="button"
      onClick={() => void attempt(async () => void (await act(`/api/runs/${encodeURIComponent(id)}/resume`)))}
    >
      Resume
    </button>
  );
}

/** The runs that led to this one and those that it led to, with what each changed. */
function Chain({ details: { ancestors, line, children } }: { readonly details: RunDetails }) {
  if (ancestors.length + children.length === 0) return null;
  const item = (run: RunLine, depth: number) => (
    <li key={run.id} class={run.id === line.id ? "here" : ""} style={{ marginInlineStart: `${depth * 20}px` }}>
      {run.id === line.id ? (
        <b aria-current="page">{run.id}</b>
      ) : (
        <a href={`/runs/${encodeURIComponent(run.id)}`} onClick={followLink}>
          {run.id}
        </a>
      )}
      <Status status={run.status} />
      <span>{typeof run.measures["dev.error"] === "number" ? `dev ${percent(run.measures["dev.error"])}` : ""}</span>
      <span class="muted">{run.notes}</span>
    </li>
  );
  return (
    <section class="card">
      <h2>Chain of runs</h2>
      <ol class="chain">
        {[...ancestors, line].map((run, depth) => item(run, depth))}
        {children.map((run) => item(run, ancestors.length + 1))}
      </ol>
    </section>
  );
}

function Notes({ line }: { readonly line: RunLine }) {
  const [text, setText] = useState(line.notes ?? "");
  const readOnly = facts.value?.readOnly === true;
  if (readOnly && text === "") return null;
  const save = (): void =>
    void attempt(async () => {
      await act(`/api/runs/${encodeURIComponent(line.id)}/notes`, { notes: text });
      note("Notes saved");
    });
  return (
    <section class="card">
      <h2 id="notes">Notes</h2>
      <textarea
        aria-labelledby="notes"
        rows={2}
        readOnly={readOnly}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {text !== (line.notes ?? "") && (
        <button type="button" onClick={save}>
          Save notes
        </button>
      )}
    </section>
  );
}

/** Confusion, worst rows, slices and all else that the report of the run has. */
function Report({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card">
      <h2>Report</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Confusion, worst rows, slices, calibration, health by layer and data</summary>
        {open && <iframe class="report" title={`The report of ${id}`} src={`/report/${encodeURIComponent(id)}`} />}
      </details>
    </section>
  );
}
