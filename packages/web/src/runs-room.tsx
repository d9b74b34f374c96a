/** All runs: the table, and the curves of those that are selected. */
import type { RunPage, RunView } from "@nabla/workbench";
import { useState } from "preact/hooks";
import { parameter, setParameters } from "./address.ts";
import { ColumnsMenu, chosenColumns } from "./columns-menu.tsx";
import { Choice, CurvesPanel } from "./curves-panel.tsx";
import { lazyRoom } from "./lazy-room.tsx";
import { RunActions } from "./run-actions.tsx";
import { useRunRows } from "./run-rows.ts";
import { RunTable } from "./run-table.tsx";
import { selection } from "./selection.ts";
import { changes, RefusedError } from "./server.ts";
import { countText } from "./text.ts";

const RunsParallel = lazyRoom(async () => (await import("./runs-parallel.tsx")).RunsParallel);

const VIEWS = ["active", "archived", "deleted"] as const;

const GROUPINGS = ["none", "data", "study"] as const;

/** Runs whose curves are shown where none is selected. */
const LATEST = 5;

/** The room of all runs; filter, order and what is selected stand in the address. */
export function RunsRoom() {
  const [window, setWindow] = useState({ first: 0, last: 60 });
  const view: RunView = VIEWS.find((one) => one === parameter("view")) ?? "active";
  const query = new URLSearchParams(
    ["filter", "sort", "view", "seeds", "group", "closed"].flatMap((name) =>
      parameter(name) === "" ? [] : [[name, parameter(name)]],
    ),
  ).toString();
  const rows = useRunRows(query, { ...window, version: changes.value });
  const { page, error } = rows;
  const chosen = selection();
  const isJoined = parameter("seeds") === "true";
  const groups = Array.from({ length: rows.places.rowsBefore(window.last) }, (_, row) => rows.row(row)?.ids ?? []);
  const latest = groups.slice(0, LATEST).flatMap((ids) => (isJoined ? ids : ids.slice(0, 1)));
  const shown = chosen.length > 0 ? chosen : latest;
  const seeds = isJoined ? groups.filter((ids) => ids.length > 1 && ids.every((id) => shown.includes(id))) : [];
  const grouping = GROUPINGS.find((one) => one === parameter("group")) ?? "none";
  const isParallel = parameter("beside") === "settings";
  const tagsOf = (id: string): readonly string[] => {
    for (let row = rows.places.rowsBefore(window.first); row < rows.places.rowsBefore(window.last); row++) {
      const { line } = rows.row(row) ?? {};
      if (line?.id === id) return line.tags;
    }
    return [];
  };
  if (page?.total === 0 && view === "active" && parameter("filter") === "") return <NoRuns />;
  return (
    <main class="runs">
      <h1 class="hidden">Runs</h1>
      <div class="list">
        <div class="controls">
          <Filter error={error} />
          <Choice name="view" label="Show" words={VIEWS} value={view} standard="active" />
          <label>
            <input
              type="checkbox"
              checked={parameter("seeds") === "true"}
              onChange={({ currentTarget }) => setParameters({ seeds: currentTarget.checked ? "true" : "" })}
            />
            Join seeds
          </label>
          <Choice name="group" label="Group by" words={GROUPINGS} value={grouping} standard="none" />
          <ColumnsMenu page={page} />
          <span class="muted count" role="status">
            {page === undefined ? "" : countOf(page)}
          </span>
        </div>
        <RunActions runs={chosen} view={view} tagsOf={tagsOf} />
        {page?.rows === 0 ? (
          <p class="muted nothing">{page.total === 0 ? `No run is ${view}.` : "No run fits this filter."}</p>
        ) : (
          <RunTable rows={rows} columns={chosenColumns(page)} shown={shown} window={window} onWindow={setWindow} />
        )}
      </div>
      <div class="beside">
        <div class="title">
          <h2>{isParallel ? "Settings" : chosen.length > 0 ? "Selected runs" : "The first runs of the table"}</h2>
          <Choice
            name="beside"
            label="As"
            words={["curves", "settings"]}
            value={isParallel ? "settings" : "curves"}
            standard="curves"
          />
        </div>
        {isParallel ? <RunsParallel query={query} /> : <CurvesPanel runs={shown} names={shortName} seeds={seeds} />}
      </div>
    </main>
  );
}

/** How many rows there are, of how many runs. */
function countOf({ rows, total }: RunPage): string {
  const all = `${countText(total)} ${total === 1 ? "run" : "runs"}`;
  return rows === total ? all : `${countText(rows)} of ${all}`;
}

/** The end of an id, which tells runs of one data apart. */
function shortName(id: string): string {
  return id.slice(-6);
}

function Filter({ error }: { readonly error: Error | undefined }) {
  const text = parameter("filter");
  const wrong = error instanceof RefusedError && error.code.startsWith("filter/") && text !== "" ? error : undefined;
  return (
    <div class="filter">
      <input
        type="search"
        aria-label="Filter"
        aria-invalid={wrong !== undefined}
        aria-describedby="filter-says"
        placeholder="dev.error < 5% and rate > 1e-3"
        value={text}
        spellcheck={false}
        onInput={({ currentTarget }) => setParameters({ filter: currentTarget.value })}
      />
      <p id="filter-says" class={wrong === undefined ? "hidden" : "bad"}>
        {wrong === undefined
          ? "Words are looked for in names, targets, notes and tags"
          : `${wrong.message}; ${wrong.hint ?? ""}`}
      </p>
    </div>
  );
}

function NoRuns() {
  return (
    <main class="empty">
      <h1>No runs yet</h1>
      <p>
        Train a network on a table, in this folder. Its run appears here by itself, with its curves, while it trains.
      </p>
      <pre>nabla train data.csv --target column --live</pre>
      <p class="muted">
        Without a table, <code>nabla init</code> writes one to begin with. <code>--live</code> lets this page change the
        training while it goes on.
      </p>
    </main>
  );
}
