/** How the error falls with the number of rows: would more data help? */
import type { LearningOfRun } from "@nabla/workbench";
import { moment, percent, percentTick } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { useAnswer } from "./answer.ts";
import { NumbersTable } from "./numbers-table.tsx";
import { act, changesOfRun, facts } from "./server.ts";
import { type PlotPoint, SvgPlot } from "./svg-plot.tsx";
import { countText } from "./text.ts";
import { attempt } from "./toasts.tsx";

/** The learning curve of the run with this name, where it was computed. */
export function LearningPanel({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const [waits, setWaits] = useState(false);
  const address = `/api/runs/${encodeURIComponent(id)}/curve`;
  const { data, error } = useAnswer<LearningOfRun>(open ? address : "", changesOfRun(id));
  const compute = (): void => {
    setWaits(true);
    void attempt(async () => void (await act(address))).finally(() => setWaits(false));
  };
  return (
    <section class="card" aria-label="Learning curve">
      <h2>Learning curve</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>The error over the number of rows: would more data help?</summary>
        {error !== undefined && <p class="bad">{error.message}</p>}
        {data?.curve !== undefined && <Curve curve={data.curve} />}
        {data !== undefined && (
          <>
            <p class="muted" role="status">
              {stateText(data)}
            </p>
            {facts.value?.readOnly === false && (
              <button type="button" disabled={waits} onClick={compute}>
                {data.curve === undefined ? "Compute it" : "Compute it again"}
              </button>
            )}
          </>
        )}
      </details>
    </section>
  );
}

function stateText({ curve, at, trainings, latest }: LearningOfRun): string {
  if (latest !== undefined)
    return `One is being computed in a process beside: ${countText(trainings)} trainings, the last ended ${moment(latest)}.`;
  if (curve === undefined)
    return "It takes 18 trainings, three on each of six shares of the rows, in a process beside; so does nabla diagnose --curve.";
  return at === undefined ? "" : `Computed ${moment(at)}, by three trainings on each share of the rows.`;
}

/** Points of the law that is drawn. */
const DRAWN = 60;

function Curve({ curve: { points, law, expected, summary } }: { readonly curve: NonNullable<LearningOfRun["curve"]> }) {
  const all = [...points, ...expected].map(({ rows }) => rows);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const x = { from: Math.log10(least * 0.9), to: Math.log10(most * 1.1) };
  const lawAt = (rows: number): number => law.a + law.b * rows ** -law.c;
  const line = Array.from({ length: DRAWN }, (_, i) => least * (most / least) ** (i / (DRAWN - 1)));
  const [now = least, , tenfold = most] = expected.map(({ rows }) => rows);
  const ticks = [...new Set([least, points.at(-1)?.rows ?? now, most])];
  return (
    <>
      <p class="sentence">{summary}</p>
      <SvgPlot
        title="Error by the number of rows that are learned, on a logarithmic axis"
        points={[
          ...points.flatMap(({ rows, error, trainError }): readonly PlotPoint[] => [
            {
              ...{ key: `dev ${rows}`, x: Math.log10(rows), y: error, color: "dev" },
              title: `${countText(rows)} rows: dev ${percent(error)}`,
            },
            {
              ...{ key: `train ${rows}`, x: Math.log10(rows), y: trainError, color: "train" },
              title: `${countText(rows)} rows: train ${percent(trainError)}`,
            },
          ]),
        ]}
        lines={[
          {
            key: "interval",
            color: "dev",
            points: expected.map(({ rows, interval }) => [Math.log10(rows), interval.from]),
            to: expected.map(({ rows, interval }) => [Math.log10(rows), interval.to]),
          },
          { key: "law", color: "dev", points: line.map((rows) => [Math.log10(rows), lawAt(rows)]) },
        ]}
        x={x}
        xTicks={ticks.map((rows, i) => [
          Math.log10(rows),
          `${countText(rows)}${i === 0 ? " rows" : rows === tenfold ? " (expected)" : ""}`,
        ])}
        yText={percentTick}
      />
      <ul class="legend">
        <li class="entry">
          <span class="dot" style={{ background: "var(--dev)" }} /> Dev, with the law that was fitted and its 95%
          interval beyond the rows that there are
        </li>
        <li class="entry">
          <span class="dot" style={{ background: "var(--train)" }} /> Train
        </li>
      </ul>
      <NumbersTable
        title="Learning curve"
        head={["Rows", "Dev error", "Standard error", "Train error", "95% interval"]}
        rows={() => [
          ...points.map(({ rows, error, deviation, trainError }) => [
            ...[countText(rows), percent(error), percent(deviation), percent(trainError), ""],
          ]),
          ...expected
            .slice(1)
            .map(({ rows, error, interval }) => [
              ...[`${countText(rows)}, expected`, percent(error), "", ""],
              `${percent(interval.from)} to ${percent(interval.to)}`,
            ]),
        ]}
      />
    </>
  );
}
