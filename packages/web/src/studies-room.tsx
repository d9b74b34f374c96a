/** All studies: how far each is, and how their best errors fell. */
import type { StudyLine } from "@nabla/workbench";
import { moment } from "@nabla/workbench/text";
import { followLink } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { runColor } from "./curves-panel.tsx";
import { Status } from "./run-table.tsx";
import { selection, toggle } from "./selection.ts";
import { resets, studyChanges } from "./server.ts";
import { SvgPlot } from "./svg-plot.tsx";
import { TableFrame, tickedTitle } from "./table-frame.tsx";
import { countText, errorText } from "./text.ts";

/** The room of all studies; of more than three the curves are those that are selected. */
export function StudiesRoom() {
  const { data, error } = useAnswer<readonly StudyLine[]>("/api/studies", studyChanges.value + resets.value);
  if (data?.length === 0) return <NoStudies />;
  const chosen = selection();
  const shown = (data ?? []).filter(({ name }, i) => (chosen.length > 0 ? chosen.includes(name) : i < 3));
  const last = Math.max(1, ...shown.map(({ wanted }) => wanted - 1));
  return (
    <main class="runs studies">
      <h1 class="hidden">Studies</h1>
      <div class="list">
        {error !== undefined && <p class="bad">{error.message}</p>}
        <TableFrame
          label="Studies"
          look="table"
          titles={[
            tickedTitle("Compare"),
            ...["Study", "Status", "Trials", "Best dev error", "Pruned", "Failed", "Target", "Begun"],
          ]}
        >
          {data?.map((line) => (
            <tr key={line.name} class={chosen.includes(line.name) ? "row chosen" : "row"}>
              <td class="check">
                <input
                  type="checkbox"
                  aria-label={`Compare ${line.name}`}
                  checked={chosen.includes(line.name)}
                  onChange={() => toggle([line.name])}
                />
              </td>
              <th scope="row">
                <span class="dot" style={{ background: dotOf(shown, line) }} />
                <a href={`/studies/${encodeURIComponent(line.name)}`} onClick={followLink}>
                  {line.name}
                </a>
              </th>
              <td>
                <Status status={line.status} />
              </td>
              <td>
                {countText(line.done + line.pruned + line.failed)} of {countText(line.wanted)}
              </td>
              <td>{bestOf(line)}</td>
              <td>{countText(line.pruned)}</td>
              <td>{countText(line.failed)}</td>
              <td>{line.target}</td>
              <td>{moment(line.created)}</td>
            </tr>
          ))}
        </TableFrame>
      </div>
      <div class="beside">
        <h2>{chosen.length > 0 ? "Selected studies" : "The latest studies"}</h2>
        {shown.some(({ improvements }) => improvements.length > 0) ? (
          <SvgPlot
            title="Best dev error by trial"
            points={[]}
            lines={shown.map(({ name, improvements, wanted }, i) => ({
              key: name,
              color: runColor(i),
              isSteps: true,
              points: [...improvements, ...lastOf(improvements, wanted)],
            }))}
            x={{ from: 0, to: last }}
            xTicks={[
              [0, "trial 0"],
              [last, String(last)],
            ]}
            yText={errorText(shown.every(({ isShare }) => isShare)).tick}
            log
          />
        ) : (
          <p class="muted">No trial has ended yet.</p>
        )}
        <ul class="legend">
          {shown.map((line, i) => (
            <li key={line.name} class="entry">
              <span class="dot" style={{ background: `var(--${runColor(i)})` }} />
              {line.name} <b>{bestOf(line)}</b>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}

function dotOf(shown: readonly StudyLine[], line: StudyLine): string {
  const at = shown.indexOf(line);
  return at < 0 ? "transparent" : `var(--${runColor(at)})`;
}

function bestOf({ improvements, isShare }: StudyLine): string {
  const [, error] = improvements.at(-1) ?? [];
  return error === undefined ? "" : errorText(isShare).value(error);
}

function lastOf(improvements: StudyLine["improvements"], wanted: number): StudyLine["improvements"] {
  const [, error] = improvements.at(-1) ?? [];
  return error === undefined ? [] : [[wanted - 1, error]];
}

function NoStudies() {
  return (
    <main class="empty">
      <h1>No studies yet</h1>
      <p>
        A study searches the hyperparameters that train best. Begin one by{" "}
        <a href="/new" onClick={followLink}>
          New training
        </a>
        , or in a terminal; it appears here by itself, with its trials while they train.
      </p>
      <pre>nabla tune data.csv --target column --time 10m</pre>
    </main>
  );
}
