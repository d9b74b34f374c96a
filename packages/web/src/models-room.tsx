/** All models; two or more of the same parts are compared on the rows that none of them learned. */
import type { ComparedModels, ModelLine } from "@nabla/workbench";
import { moment, number } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { followLink } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { select, selection, toggle } from "./selection.ts";
import { act, changes, facts, resets } from "./server.ts";
import { TableFrame, tickedTitle } from "./table-frame.tsx";
import { cellText, countText } from "./text.ts";
import { attempt } from "./toasts.tsx";

/** The room of all models; those in the address are compared. */
export function ModelsRoom() {
  const { data, error } = useAnswer<readonly ModelLine[]>("/api/models", changes.value + resets.value);
  const chosen = selection();
  if (data?.length === 0)
    return (
      <main class="empty">
        <h1>No models yet</h1>
        <p>
          Each training that ends leaves a model, which can be tried, compared and exported here. Begin one by{" "}
          <a href="/new" onClick={followLink}>
            New training
          </a>
          .
        </p>
      </main>
    );
  const first = data?.find(({ line }) => line.id === chosen[0]);
  return (
    <main class="runs models">
      <h1 class="hidden">Models</h1>
      <div class="list">
        {error !== undefined && <p class="bad">{error.message}</p>}
        <TableFrame
          label="Models"
          look="table"
          titles={[tickedTitle("Compare"), ...["Model of", "Predicts", "Data", "On dev", "Test opened", "Begun"]]}
        >
          {data?.map(({ line, testRows, testEvaluations, parts }) => {
            const isOther = first !== undefined && first.parts !== parts;
            return (
              <tr key={line.id} class={chosen.includes(line.id) ? "row chosen" : "row"}>
                <td class="check">
                  <input
                    type="checkbox"
                    aria-label={`Compare ${line.id}`}
                    title={isOther ? "It learned other rows, so that no dev row is new to both" : ""}
                    disabled={isOther}
                    checked={chosen.includes(line.id)}
                    onChange={() => toggle([line.id])}
                  />
                </td>
                <th scope="row">
                  <a href={`/models/${encodeURIComponent(line.id)}`} onClick={followLink}>
                    {line.id}
                  </a>
                </th>
                <td>{line.target}</td>
                <td title={line.file}>{line.file.replace(/^.*[/\\]/, "")}</td>
                <td>{decidingText(line)}</td>
                <td>{testRows === 0 ? "none" : timesText(testEvaluations)}</td>
                <td>{moment(line.created)}</td>
              </tr>
            );
          })}
        </TableFrame>
      </div>
      <div class="beside">
        <h2>Compare</h2>
        <Comparison key={chosen.join()} runs={chosen} />
      </div>
    </main>
  );
}

/** What decides, with its name where that is not the error. */
function decidingText({ decides: { name, isShare }, measures }: ModelLine["line"]): string {
  const text = cellText(name, measures[name], isShare ? [name] : []);
  return text === "" || name === "dev.error" ? text : `${text} ${name.replace("dev.", "")}`;
}

/** How often, in words. */
export function timesText(times: number): string {
  return times === 0 ? "never" : times === 1 ? "once" : `${countText(times)} times`;
}

function Comparison({ runs }: { readonly runs: readonly string[] }) {
  const [found, setFound] = useState<ComparedModels | undefined>(undefined);
  const [working, setWorking] = useState(false);
  if (facts.value?.readOnly === true) return <p class="muted">This server only lets look.</p>;
  if (runs.length < 2)
    return (
      <p class="muted">
        Tick two or more models of the same data and parts. They are measured on the very same dev rows, so that a
        difference has a paired interval.
      </p>
    );
  const compare = (): void => {
    setWorking(true);
    void attempt(async () => setFound(await act<ComparedModels>("/api/compare", { runs }))).finally(() =>
      setWorking(false),
    );
  };
  return (
    <>
      <div class="hands">
        <button type="button" disabled={working} onClick={compare}>
          {working ? "Measuring…" : `Compare ${runs.length} models`}
        </button>
        <button type="button" class="plain" onClick={() => select([])}>
          Clear selection
        </button>
      </div>
      {found !== undefined && <Compared found={found} />}
    </>
  );
}

function Compared({ found: { models, rows, measure } }: { readonly found: ComparedModels }) {
  const hasRmse = models.some(({ rmse }) => rmse !== undefined);
  return (
    <>
      <TableFrame
        label="Comparison"
        titles={["Run", measure, ...(hasRmse ? ["RMSE"] : []), "Behind the best", "95% interval"]}
      >
        {models.map(({ run, value, rmse, behind }) => (
          <tr key={run}>
            <th scope="row">{run}</th>
            <td>{value}</td>
            {hasRmse && <td>{rmse === undefined ? "" : number(rmse)}</td>}
            <td>{behind === undefined ? "best" : behind.by}</td>
            <td>
              {behind?.range}
              {behind !== undefined && <b>{behind.sure ? " worse" : " may be chance"}</b>}
            </td>
          </tr>
        ))}
      </TableFrame>
      <p class="muted">
        Measured on the same {countText(rows)} dev rows; the interval is of the difference on these rows.
      </p>
    </>
  );
}
