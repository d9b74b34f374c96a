/** What a run gets wrong: confusion whose cells open the rows behind them, residuals, and the worst rows. */
import type { ErrorsOfRun, LookedRows } from "@nabla/workbench";
import { number, rangeOf } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { useAnswer } from "./answer.ts";
import { changesOfRun } from "./server.ts";
import { SvgPlot } from "./svg-plot.tsx";
import { countText } from "./text.ts";

/** The errors of the run at this address, which are measured when they are first looked at. */
export function ErrorsPanel({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const address = `/api/runs/${encodeURIComponent(id)}/errors`;
  const { data, error } = useAnswer<ErrorsOfRun>(open ? address : "", changesOfRun(id));
  return (
    <section class="card">
      <h2>Errors</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Confusion and the rows behind it, residuals, the worst rows</summary>
        {open && data === undefined && error === undefined && <p class="muted">Asking the network…</p>}
        {error !== undefined && <p class="bad">{error.message}</p>}
        {data !== undefined && (
          <>
            <p class="muted">Of {countText(data.rows)} rows that the network did not learn.</p>
            {data.confusion !== undefined && <Confusion confusion={data.confusion} address={address} />}
            {data.pairs !== undefined && <Residuals pairs={data.pairs} />}
            <h3>The worst rows</h3>
            <Rows rows={data.worst} label="The worst rows" />
          </>
        )}
      </details>
    </section>
  );
}

/** Classes that a table shows: those with the most mistakes, of many. */
const SHOWN = 20;

interface ConfusionProps {
  readonly confusion: NonNullable<ErrorsOfRun["confusion"]>;
  readonly address: string;
}

function Confusion({ confusion: { classes, counts }, address }: ConfusionProps) {
  const [cell, setCell] = useState<readonly [truth: number, predicted: number] | undefined>(undefined);
  const wrong = counts.map((line, truth) => line.reduce((sum, rows, given) => sum + (given === truth ? 0 : rows), 0));
  const shown = [...classes.keys()]
    .sort((a, b) => (wrong[b] ?? 0) - (wrong[a] ?? 0))
    .slice(0, SHOWN)
    .sort((a, b) => a - b);
  return (
    <>
      <h3>Confusion</h3>
      <p class="muted">
        Down: what is true; across: what was predicted. A number opens the rows behind it.
        {classes.length > SHOWN ? ` The ${SHOWN} of ${classes.length} classes with the most errors.` : ""}
      </p>
      <div class="wide" tabIndex={0} role="region" aria-label="Confusion">
        <table class="confusion">
          <thead>
            <tr>
              <td />
              {shown.map((code) => (
                <th key={code} scope="col">
                  {classes[code]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((truth) => {
              const line = counts[truth] ?? [];
              const total = Math.max(
                1,
                line.reduce((sum, rows) => sum + rows, 0),
              );
              return (
                <tr key={truth}>
                  <th scope="row">{classes[truth]}</th>
                  {shown.map((given) => {
                    const rows = line[given] ?? 0;
                    const hue = given === truth ? "good" : "bad";
                    const share = rows === 0 ? 0 : Math.max(10, Math.round((45 * rows) / total));
                    const isOpen = cell?.[0] === truth && cell[1] === given;
                    return (
                      <td
                        key={given}
                        style={{ background: `color-mix(in srgb, var(--${hue}) ${share}%, var(--paper))` }}
                      >
                        {rows > 0 && (
                          <button
                            type="button"
                            class="plain"
                            aria-pressed={isOpen}
                            aria-label={`${rows} rows of ${classes[truth]} predicted as ${classes[given]}`}
                            onClick={() => setCell(isOpen ? undefined : [truth, given])}
                          >
                            {countText(rows)}
                          </button>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {cell !== undefined && (
        <Behind
          key={cell.join()}
          address={`${address}/${cell.join("/")}`}
          title={`${classes[cell[0]]} predicted as ${classes[cell[1]]}`}
        />
      )}
    </>
  );
}

function Behind({ address, title }: { readonly address: string; readonly title: string }) {
  const { data, error } = useAnswer<LookedRows>(address, 0);
  return (
    <>
      <h3>{title}, the surest first</h3>
      {error !== undefined && <p class="bad">{error.message}</p>}
      {data !== undefined && <Rows rows={data} label={title} />}
    </>
  );
}

function Rows({ rows: { header, rows, total }, label }: { readonly rows: LookedRows; readonly label: string }) {
  const hasPictures = rows.some(({ picture }) => picture !== undefined);
  return (
    <>
      <div class="wide looked" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {hasPictures && <th scope="col">Picture</th>}
              {header.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ cells, picture }, i) => (
              <tr key={`${i} ${cells[0]}`}>
                {hasPictures && <td>{picture !== undefined && <img src={picture} alt="" height="56" />}</td>}
                {cells.map((cell, k) => (
                  <td key={header[k]}>{typeof cell === "number" ? number(cell) : cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > rows.length && (
        <p class="muted">
          {countText(rows.length)} of {countText(total)} rows.
        </p>
      )}
    </>
  );
}

function Residuals({ pairs }: { readonly pairs: NonNullable<ErrorsOfRun["pairs"]> }) {
  const x = rangeOf(pairs.map(([truth]) => truth));
  const ticks = [x.from, (x.from + x.to) / 2, x.to].map(
    (value) => [value, number(Number(value.toPrecision(3)))] as const,
  );
  const charts = [
    {
      title: "Prediction by truth; the line is where both are the same",
      y: (_truth: number, prediction: number) => prediction,
      right: [x.from, x.to],
    },
    {
      title: "Residual (prediction - truth) by truth",
      y: (truth: number, prediction: number) => prediction - truth,
      right: [0, 0],
    },
  ] as const;
  return (
    <div class="plots">
      {charts.map(({ title, y, right: [from, to] }) => (
        <SvgPlot
          key={title}
          title={title}
          points={pairs.map(([truth, prediction], i) => ({
            ...{ key: String(i), x: truth, y: y(truth, prediction), color: "train" },
            title: `true ${number(truth)}, ${number(y(truth, prediction))}`,
          }))}
          lines={[
            {
              key: "right",
              color: "dev",
              points: [
                [x.from, from],
                [x.to, to],
              ],
            },
          ]}
          x={x}
          xTicks={ticks}
          yText={number}
        />
      ))}
    </div>
  );
}
