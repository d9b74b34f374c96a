/** What a model answers over two of its columns: where one class ends and another begins, or how a number rises. */
import type { BoundaryAxis, DecisionBoundary } from "@nabla/workbench";
import { number, percent } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { useAnswer } from "./answer.ts";
import { CellsPlot, mixed } from "./cells-plot.tsx";
import { NumbersTable } from "./numbers-table.tsx";
import { changesOfRun } from "./server.ts";

/** The boundary of the model of the run with this name. */
export function BoundaryPanel({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly [x: string, y: string] | undefined>(undefined);
  const asked = chosen === undefined ? "" : `?${new URLSearchParams({ x: chosen[0], y: chosen[1] })}`;
  const address = `/api/runs/${encodeURIComponent(id)}/boundary${asked}`;
  const { data, error } = useAnswer<DecisionBoundary>(open ? address : "", changesOfRun(id));
  return (
    <section class="card" aria-label="Decision boundary">
      <h2>Decision boundary</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>What the model answers over two of its columns</summary>
        {open && data === undefined && error === undefined && <p class="muted">Asking the network…</p>}
        {error !== undefined && <p class="bad">{error.message}</p>}
        {data !== undefined && error === undefined && <Boundary data={data} onChoose={setChosen} />}
      </details>
    </section>
  );
}

interface BoundaryProps {
  readonly data: DecisionBoundary;
  readonly onChoose: (columns: readonly [x: string, y: string]) => void;
}

/** Why these columns, in words. */
const WHY: Readonly<Record<DecisionBoundary["why"], string>> = {
  only: "These are its two inputs.",
  numbers: "These are its two columns of numbers.",
  important: "These columns of numbers matter most to it.",
  asked: "",
};

/** Colors of the palette for classes. */
const COLORS = 8;
/** Rows and columns of the table behind the chart. */
const LISTED = 12;

function Boundary({ data, onChoose }: BoundaryProps) {
  const { columns, x, y, why, held, target, side, classes, answers, confidence, points } = data;
  const [least, most] = [Math.min(...answers), Math.max(...answers)];
  const share = (value: number): number => (value - least) / (most - least || 1);
  const colorAt = (cell: number): string => {
    const answer = answers[cell] ?? Number.NaN;
    if (classes === undefined) return mixed("train", 0.05 + 0.75 * share(answer));
    return mixed(`run-${answer % COLORS}`, 0.1 + 0.5 * (confidence?.[cell] ?? 0) ** 2);
  };
  const answerText = (cell: number): string => {
    const answer = answers[cell] ?? Number.NaN;
    if (classes === undefined) return number(Number(answer.toPrecision(4)));
    return `${classes[answer]} (${percent(confidence?.[cell] ?? 0)})`;
  };
  const valueAt = ({ from, to }: BoundaryAxis, at: number): string =>
    number(Number((from + (to - from) * at).toPrecision(3)));
  const title = `${target} over ${x.name} (across) and ${y.name} (up)`;
  const cellOf = (column: number, row: number): number => row * side + column;
  const some = Array.from({ length: LISTED }, (_, i) => Math.floor(((i + 0.5) * side) / LISTED));
  return (
    <>
      <p class="muted">
        {WHY[why]}{" "}
        {held.length > 0 &&
          `The others are held at their median or most frequent value: ${held.map(([name, value]) => `${name} ${value}`).join(", ")}. `}
        Points are rows that the network did not learn, which have values of their own in the other columns.
      </p>
      {columns.length > 2 && (
        <div class="hands">
          {(
            [
              ["Across", x, y, (name: string) => onChoose([name, y.name])],
              ["Up", y, x, (name: string) => onChoose([x.name, name])],
            ] as const
          ).map(([label, own, other, choose]) => (
            <label key={label}>
              {label}{" "}
              <select value={own.name} onChange={({ currentTarget }) => choose(currentTarget.value)}>
                {columns
                  .filter((name) => name !== other.name)
                  .map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
              </select>
            </label>
          ))}
        </div>
      )}
      <CellsPlot
        title={title}
        cells={answers.map((_, cell) => ({
          x: (cell % side) / side,
          y: Math.floor(cell / side) / side,
          ...{ width: 1 / side, height: 1 / side, color: colorAt(cell) },
        }))}
        points={points.map((point) => ({
          x: (point.x - x.from) / (x.to - x.from || 1),
          y: 1 - (point.y - y.from) / (y.to - y.from || 1),
          color: classes === undefined ? "ink" : `run-${point.truth % COLORS}`,
        }))}
        xTicks={[
          [0, String(x.texts[0])],
          [0.5, x.name],
          [1, String(x.texts[1])],
        ]}
        yTicks={[
          [0.02, String(y.texts[1])],
          [0.5, y.name],
          [0.99, String(y.texts[0])],
        ]}
        columns={side}
        rows={side}
        textAt={(column, row) =>
          `${x.name} ${valueAt(x, (column + 0.5) / side)}, ${y.name} ${valueAt(y, 1 - (row + 0.5) / side)}: ${answerText(cellOf(column, row))}`
        }
        height={360}
      />
      {classes === undefined ? (
        <p class="muted">
          From {number(Number(least.toPrecision(4)))}, uncolored, to {number(Number(most.toPrecision(4)))}.
        </p>
      ) : (
        <ul class="legend">
          {classes.map((name, code) => (
            <li key={name} class="entry">
              <span class="dot" style={{ background: `var(--run-${code % COLORS})` }} />
              {name}
            </li>
          ))}
        </ul>
      )}
      <NumbersTable
        title={title}
        head={[`${y.name} \\ ${x.name}`, ...some.map((column) => valueAt(x, (column + 0.5) / side))]}
        rows={() =>
          some.map((row) => [
            valueAt(y, 1 - (row + 0.5) / side),
            ...some.map((column) => answerText(cellOf(column, row))),
          ])
        }
      />
    </>
  );
}
