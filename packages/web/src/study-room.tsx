/** One study: its search live, what mattered, its trials as lines, in a table and as small multiples. */
import type { StudyDetails, StudyShows, StudyTrial } from "@nabla/workbench";
import { duration, rangeOf } from "@nabla/workbench/text";
import { useMemo, useState } from "preact/hooks";
import { followLink, parameter, setParameters } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { Copied } from "./copied.tsx";
import { Choice } from "./curves-panel.tsx";
import { brushed, ParallelAxes, type ParallelLine } from "./parallel-axes.tsx";
import { Status } from "./run-table.tsx";
import { selection, toggle } from "./selection.ts";
import { act, changesOfStudy, facts, resets } from "./server.ts";
import { StudyMore } from "./study-more.tsx";
import { Boxes, Importance, Slices } from "./study-shows.tsx";
import { StudyTimeline } from "./study-timeline.tsx";
import { Sparkline, SvgPlot } from "./svg-plot.tsx";
import { TableFrame } from "./table-frame.tsx";
import { countText, errorText } from "./text.ts";
import { attempt, note } from "./toasts.tsx";

/** Trials that come to an end before what they show is thought about again. */
const EVERY = 5;

/** The room of the study with this name. */
export function StudyRoom({ name }: { readonly name: string }) {
  const address = `/api/studies/${encodeURIComponent(name)}`;
  const { data, error } = useAnswer<StudyDetails>(address, changesOfStudy(name) + resets.value);
  const ended = data === undefined ? 0 : data.line.done + data.line.pruned + data.line.failed;
  const isOver = data !== undefined && data.line.status !== "running";
  const { data: shows } = useAnswer<StudyShows>(
    ended >= 10 ? `${address}/shows` : "",
    isOver ? ended + 1e6 : Math.floor(ended / EVERY),
  );
  const lines = useMemo(() => (data === undefined ? [] : linesOf(data)), [data]);
  if (data === undefined)
    return (
      <main class="empty">
        <h1>{error === undefined ? "" : "This study cannot be shown"}</h1>
        <p>{error?.message}</p>
        <p>
          <a href="/studies" onClick={followLink}>
            All studies
          </a>
        </p>
      </main>
    );
  const { line, axes } = data;
  const parallel = axes.map(({ path, ticks }) => ({ name: path, ticks }));
  const clicked = selection();
  const chosen = clicked.length > 0 ? new Set(clicked) : brushed(parallel, lines);
  return (
    <main class="run">
      <nav class="path" aria-label="Way">
        <a href="/studies" onClick={followLink}>
          Studies
        </a>
      </nav>
      <header class="title">
        <h1>{line.name}</h1>
        <Status status={line.status} />
        {line.status === "running" && facts.value?.readOnly === false && <Stop address={address} />}
      </header>
      <Tiles details={data} />
      <section class="card">
        <h2>Search</h2>
        <History details={data} chosen={chosen} />
        {data.notices.map((text) => (
          <p key={text} class="muted">
            {text}
          </p>
        ))}
      </section>
      <section class="card">
        <div class="title">
          <h2>All hyperparameters at once</h2>
          <span class="muted" role="status">
            {chosen === undefined
              ? ""
              : `${countText(chosen.size)} of ${countText(data.trials.length)} trials selected`}
          </span>
          {chosen !== undefined && (
            <button type="button" class="plain" onClick={() => setParameters({ sel: "", brush: "" })}>
              Clear
            </button>
          )}
        </div>
        <p class="muted">Drag along an axis to select the trials that pass there; the best tenth is orange.</p>
        <ParallelAxes axes={parallel} lines={lines} chosen={chosen} label="Trials as lines over all hyperparameters" />
      </section>
      {shows !== undefined && shows.importance.length > 0 && (
        <>
          <Importance shows={shows} />
          <Slices shows={shows} details={data} chosen={chosen} />
        </>
      )}
      <StudyTimeline details={data} chosen={chosen} />
      <Boxes details={data} order={shows?.importance.map(({ path }) => path) ?? []} />
      <Trials details={data} chosen={chosen} />
      <section class="card">
        <h2>Summary</h2>
        <dl>
          {data.facts.map(([title, text]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
          {data.run !== undefined && (
            <div>
              <dt>Run</dt>
              <dd>
                <a href={`/runs/${encodeURIComponent(data.run)}`} onClick={followLink}>
                  {data.run}
                </a>
              </dd>
            </div>
          )}
        </dl>
        <Copied text={data.command} />
      </section>
      {facts.value?.readOnly === false && (
        <StudyMore
          key={data.space}
          address={address}
          space={data.space}
          wanted={line.wanted}
          isRunning={line.status === "running"}
        />
      )}
    </main>
  );
}

function linesOf({ trials }: StudyDetails): readonly ParallelLine[] {
  const errors = trials.flatMap(({ error }) => (error === undefined ? [] : [error])).sort((a, b) => a - b);
  const limit = errors[Math.max(0, Math.ceil(errors.length / 10) - 1)] ?? Number.NEGATIVE_INFINITY;
  return trials.map(({ number, units, error, status }) => {
    const isStrong = status === "done" && error !== undefined && error <= limit;
    return { key: String(number), units, color: isStrong ? "dev" : status === "failed" ? "bad" : "train", isStrong };
  });
}

function Stop({ address }: { readonly address: string }) {
  const [asked, setAsked] = useState(false);
  const stop = (): void =>
    void attempt(async () => {
      await act(`${address}/stop`);
      setAsked(true);
      note("The study stops where it can go on later");
    });
  return (
    <button type="button" class="danger" disabled={asked} onClick={stop}>
      {asked ? "Stopping…" : "Stop"}
    </button>
  );
}

function Tiles({ details: { line, errorName } }: { readonly details: StudyDetails }) {
  const { value: shown } = errorText(line.isShare);
  const [trial, error] = line.improvements.at(-1) ?? [];
  const ended = line.done + line.pruned + line.failed;
  const tiles = [
    [errorName, error === undefined ? "n/a" : shown(error)],
    ["Best trial", trial === undefined ? "n/a" : String(trial)],
    ["Trials", `${countText(ended)} of ${countText(line.wanted)}`],
    ["Training now", countText(line.running)],
    ["Pruned", countText(line.pruned)],
    ["Failed", countText(line.failed)],
  ] as const;
  return (
    <div class="tiles">
      {tiles.map(([title, text]) => (
        <div key={title} class="tile">
          <b>{text}</b>
          <span>{title}</span>
        </div>
      ))}
    </div>
  );
}

function History({
  details: { trials, line, errorName },
  chosen,
}: {
  readonly details: StudyDetails;
  readonly chosen: ReadonlySet<string> | undefined;
}) {
  const last = Math.max(1, line.wanted - 1, trials.length - 1);
  const words = errorText(line.isShare);
  const [, best] = line.improvements.at(-1) ?? [];
  const latest = trials.findLast(({ error }) => error !== undefined)?.number ?? 0;
  if (best === undefined) return <p class="muted">No trial has ended yet.</p>;
  return (
    <SvgPlot
      title={`${errorName} by trial; the line is the best so far, faint points were pruned`}
      width={880}
      points={trials.flatMap(({ number, error: final, errors, status, texts }) => {
        // one that was pruned came no further than this
        const error = final ?? (status === "pruned" && errors.length > 0 ? Math.min(...errors) : undefined);
        if (error === undefined || status === "failed") return [];
        const isOut = chosen !== undefined && !chosen.has(String(number));
        return [
          {
            key: String(number),
            x: number,
            y: error,
            color: "train",
            title: `trial ${number}: ${words.value(error)} ${texts.join(" ")}`,
            isFaint: status === "pruned" || isOut,
            isChosen: chosen?.has(String(number)) === true,
          },
        ];
      })}
      lines={[{ key: "best", color: "dev", isSteps: true, points: [...line.improvements, [latest, best]] }]}
      x={{ from: 0, to: last }}
      xTicks={[
        [0, "0"],
        ...(last < 2 ? [] : [[Math.round(last / 2), String(Math.round(last / 2))] as const]),
        [last, `trial ${last}`],
      ]}
      yText={words.tick}
      log
      onChoose={(key) => toggle([key])}
    />
  );
}

/** Trials that are there before somebody asks for all. */
const FIRST = 200;

function Trials({
  details: { trials, axes, line, errorName },
  chosen,
}: {
  readonly details: StudyDetails;
  readonly chosen: ReadonlySet<string> | undefined;
}) {
  const [all, setAll] = useState(false);
  const shape = parameter("trials") === "tray" ? "tray" : "table";
  const order = parameter("by") === "number" ? "number" : "error";
  const running = (status: string): number => (status === "running" ? 0 : 1);
  const sorted = trials
    .filter(({ number }) => chosen === undefined || chosen.has(String(number)))
    .toSorted((a, b) =>
      order === "number"
        ? a.number - b.number
        : running(a.status) - running(b.status) || rank(a) - rank(b) || a.number - b.number,
    );
  const shown = all ? sorted : sorted.slice(0, FIRST);
  return (
    <section class="card">
      <div class="controls">
        <h2>Trials</h2>
        <Choice name="trials" label="As" words={["table", "tray"]} value={shape} standard="table" />
        <Choice name="by" label="By" words={["error", "number"]} value={order} standard="error" />
      </div>
      {trials.length === 0 && <p class="muted">Trials appear here once they are asked for.</p>}
      {shape === "tray" ? (
        <Tray
          trials={shown}
          best={line.improvements.at(-1)?.[0]}
          chosen={chosen}
          text={errorText(line.isShare).value}
        />
      ) : (
        <TableFrame
          label="Trials"
          look="table trials"
          titles={[
            ...["Trial", "State", errorName, "On the way", "Epochs", "Time"],
            ...axes.map(({ path }) => ({
              key: path,
              cell: (
                <th key={path} scope="col" title={path}>
                  {path.replace(/.*\./, "")}
                </th>
              ),
            })),
          ]}
        >
          {shown.map((trial) => (
            <Row
              key={trial.number}
              trial={trial}
              isChosen={chosen?.has(String(trial.number)) === true}
              text={errorText(line.isShare).value}
            />
          ))}
        </TableFrame>
      )}
      {sorted.length > shown.length && (
        <button type="button" onClick={() => setAll(true)}>
          Show all {countText(sorted.length)}
        </button>
      )}
    </section>
  );
}

function rank({ error, status }: StudyTrial): number {
  return status === "failed" ? Number.POSITIVE_INFINITY : (error ?? Number.MAX_VALUE);
}

function Row({
  trial,
  isChosen,
  text: shown,
}: {
  readonly trial: StudyTrial;
  readonly isChosen: boolean;
  readonly text: (error: number) => string;
}) {
  const { number, status, error, errors, epochs, seconds, texts, reason } = trial;
  return (
    <tr class={isChosen ? "row chosen" : "row"}>
      <th scope="row">
        <button type="button" class="plain" aria-pressed={isChosen} onClick={() => toggle([String(number)])}>
          {number}
        </button>
      </th>
      <td title={reason}>
        <Status status={status === "done" ? "finished" : status} />
      </td>
      <td>{error === undefined ? (errors.length > 0 ? shown(errors.at(-1) ?? 0) : "") : shown(error)}</td>
      <td>
        <Sparkline values={errors} />
      </td>
      <td>{epochs === undefined ? "" : countText(epochs)}</td>
      <td>{seconds === undefined ? "" : duration(seconds)}</td>
      {texts.map((text, i) => (
        <td key={`${i} ${text}`}>{text}</td>
      ))}
    </tr>
  );
}

/** All trials as small multiples on one scale: babysitting many at once. */
function Tray({
  trials,
  best,
  chosen,
  text: shown,
}: {
  readonly text: (error: number) => string;
  readonly trials: readonly StudyTrial[];
  readonly best: number | undefined;
  readonly chosen: ReadonlySet<string> | undefined;
}) {
  const ends = trials.flatMap(({ errors }) => errors).sort((a, b) => a - b);
  // a few that leap up must not flatten the others
  const scale = rangeOf([ends[0] ?? 0, ends[Math.floor(0.95 * (ends.length - 1))] ?? 1], { room: 0.02 });
  return (
    <ul class="tray">
      {trials.map(({ number, errors, error, status, texts }) => (
        <li key={number}>
          <button
            type="button"
            class={`plain ${number === best ? "best" : ""}`}
            aria-pressed={chosen?.has(String(number)) === true}
            title={texts.filter((text) => text !== "").join(", ")}
            onClick={() => toggle([String(number)])}
          >
            <Sparkline
              values={errors}
              scale={scale}
              width={112}
              height={48}
              color={number === best ? "dev" : status === "done" ? "train" : status === "failed" ? "bad" : "muted"}
            />
            <span>
              {number}{" "}
              <b>{error === undefined ? (errors.length > 0 ? shown(errors.at(-1) ?? 0) : "") : shown(error)}</b>
              {status === "done" ? "" : ` ${status}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
