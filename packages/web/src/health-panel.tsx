/** What passes through each layer, epoch by epoch: gain, dead units and saturation as heat maps, and histograms. */
import type { HealthOfRun, HealthPart, HistogramsOfRun, StartedWork } from "@nabla/workbench";
import { evenTicks, number, percent, rangeOf } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { goTo } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { CellsPlot, mixed, type PlotCell } from "./cells-plot.tsx";
import { NumbersTable } from "./numbers-table.tsx";
import { act, changesOfRun, facts } from "./server.ts";
import { attempt, note } from "./toasts.tsx";

interface HealthPanelProps {
  readonly id: string;
  /** Whether the run has ended, so that it can be trained once more. */
  readonly hasEnded: boolean;
  /** Whether it trains and takes commands. */
  readonly isLive: boolean;
}

/** The layers of the run with this name over its epochs. */
export function HealthPanel(props: HealthPanelProps) {
  const { id } = props;
  const [open, setOpen] = useState(false);
  const address = `/api/runs/${encodeURIComponent(id)}/health`;
  const version = changesOfRun(id);
  const { data, error } = useAnswer<HealthOfRun>(open ? address : "", version);
  return (
    <section class="card" aria-label="Layers">
      <h2>Layers</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Gain, dead units, saturation and histograms over the epochs</summary>
        {error !== undefined && <p class="bad">{error.message}</p>}
        {data !== undefined && data.epochs.length === 0 && <Nothing {...props} />}
        {data !== undefined && data.epochs.length > 0 && (
          <>
            <Maps data={data} />
            <Histograms address={address} data={data} version={version} />
          </>
        )}
      </details>
    </section>
  );
}

function Nothing({ id, hasEnded, isLive }: HealthPanelProps) {
  const watch = (): void =>
    void attempt(async () => {
      await act(`/api/runs/${encodeURIComponent(id)}/live`, { commands: [{ kind: "watch" }] });
      note("Its layers are recorded from the next epoch on");
    });
  const record = (): void =>
    void attempt(async () => {
      const { name } = await act<StartedWork>(`/api/runs/${encodeURIComponent(id)}/watch`);
      goTo(`/runs/${encodeURIComponent(name)}`);
    });
  return (
    <>
      <p>
        Nothing of its layers was recorded while this run trained. <code>--watch health</code> does, and so do trainings
        that are started here; it changes no bit of a training.
      </p>
      {isLive && facts.value?.readOnly === false && (
        <button type="button" onClick={watch}>
          Record it from here on
        </button>
      )}
      {hasEnded && facts.value?.readOnly === false && (
        <button type="button" onClick={record}>
          Train the same once more, and record it
        </button>
      )}
    </>
  );
}

/** Gains beyond this power of two, up or down, have the full color. */
const FULL = 3;

/** What is drawn of layers, with the color and the text of a value; null is no finite number. */
const MAPS = [
  {
    name: "gain",
    title: "Gain",
    about:
      "How much each layer changes the standard deviation of what passes it. Uncolored is 1, orange more, blue less.",
    color: (gain: number): string => {
      const power = Math.log2(Math.max(gain, Number.MIN_VALUE));
      return mixed(power > 0 ? "dev" : "train", Math.abs(power) / FULL);
    },
    text: number,
  },
  {
    name: "dead",
    title: "Dead units",
    about: "The share of units that give 0 for every row that was looked at.",
    color: (share: number): string => mixed("bad", share),
    text: percent,
  },
  {
    name: "saturated",
    title: "Saturation",
    about: "The share of what sigmoid and tanh give that is at a bound, where they have next to no slope.",
    color: (share: number): string => mixed("bad", share),
    text: percent,
  },
] as const;

function Maps({ data: { epochs, layers } }: { readonly data: HealthOfRun }) {
  return (
    <div class="plots">
      {MAPS.map(({ name, title, about, color, text }) => {
        const own = layers.flatMap(({ path, ...measured }) => {
          const values = measured[name];
          return values === undefined ? [] : [{ path, values }];
        });
        if (own.length === 0) return null;
        const told = (value: number | null | undefined): string =>
          value === null || value === undefined ? "not finite" : text(value);
        const cells = own.flatMap(({ values }, row) =>
          values.map(
            (value, column): PlotCell => ({
              ...{ x: column / epochs.length, width: 1 / epochs.length, y: row / own.length, height: 1 / own.length },
              color: value === null ? "var(--ink)" : color(value),
            }),
          ),
        );
        return (
          <div key={name}>
            <CellsPlot
              title={title}
              cells={cells}
              xTicks={epochTicks(epochs)}
              yTicks={own.map(({ path }, row) => [(row + 0.5) / own.length, path] as const)}
              columns={epochs.length}
              rows={own.length}
              textAt={(column, row) => `${own[row]?.path}, epoch ${epochs[column]}: ${told(own[row]?.values[column])}`}
              height={Math.max(72, Math.min(440, 28 + 22 * own.length))}
            />
            <p class="muted">{about}</p>
            <NumbersTable
              title={title}
              head={["Epoch", ...own.map(({ path }) => path)]}
              rows={() => epochs.map((epoch, i) => [String(epoch), ...own.map(({ values }) => told(values[i]))])}
            />
          </div>
        );
      })}
    </div>
  );
}

/** Some epochs, below their columns. */
function epochTicks(epochs: readonly number[]): readonly (readonly [at: number, text: string])[] {
  const count = Math.min(5, epochs.length);
  const places = Array.from({ length: count }, (_, i) =>
    Math.round((i * (epochs.length - 1)) / Math.max(1, count - 1)),
  );
  return places.map((place, i) => {
    const at = (place + (i === 0 ? 0 : i === count - 1 ? 1 : 0.5)) / epochs.length;
    return [at, i === 0 ? `epoch ${epochs[place]}` : String(epochs[place])] as const;
  });
}

const PARTS: readonly HealthPart[] = ["weights", "gradients", "activations"];

interface HistogramsProps {
  readonly address: string;
  readonly data: HealthOfRun;
  readonly version: number;
}

function Histograms({ address, data: { histograms }, version }: HistogramsProps) {
  const [part, setPart] = useState<HealthPart>("weights");
  const [named, setNamed] = useState("");
  const paths = histograms[part];
  const path = paths.includes(named) ? named : (paths[0] ?? "");
  const asked = `${address}/${part}?path=${encodeURIComponent(path)}`;
  const { data } = useAnswer<HistogramsOfRun>(path === "" ? "" : asked, version);
  return (
    <>
      <h3>Histograms</h3>
      <div class="hands">
        <label>
          Of{" "}
          <select value={part} onChange={({ currentTarget }) => setPart(currentTarget.value as HealthPart)}>
            {PARTS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label>
          {part === "activations" ? "Layer" : "Parameter"}{" "}
          <select value={path} onChange={({ currentTarget }) => setNamed(currentTarget.value)}>
            {paths.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      {data !== undefined && data.epochs.length > 0 && <Spread title={`${part} of ${path}`} data={data} />}
    </>
  );
}

type Bins = HistogramsOfRun["histograms"][number];

function Spread({ title, data: { epochs, histograms } }: { readonly title: string; readonly data: HistogramsOfRun }) {
  const y = rangeOf(
    histograms.flatMap(({ from, to }) => [from, to]),
    { room: 0.02 },
  );
  const down = (value: number): number => 1 - (value - y.from) / (y.to - y.from || 1);
  const cells = histograms.flatMap(({ from, to, counts }, column) => {
    const most = Math.max(1, ...counts);
    const step = (to - from) / counts.length;
    return counts.flatMap((count, bin): readonly PlotCell[] =>
      count === 0
        ? []
        : [
            {
              ...{ x: column / epochs.length, width: 1 / epochs.length },
              y: down(from + step * (bin + 1)),
              height: Math.max(0.004, step / (y.to - y.from || 1)),
              color: mixed("train", 0.1 + 0.9 * Math.sqrt(count / most)),
            },
          ],
    );
  });
  const told = (bins: Bins | undefined): readonly string[] =>
    bins === undefined
      ? []
      : [0, 0.25, 0.5, 0.75, 1].map((share) => number(Number(quantile(bins, share).toPrecision(3))));
  return (
    <>
      <CellsPlot
        title={`Spread of ${title}: the stronger the color, the more`}
        cells={cells}
        xTicks={epochTicks(epochs)}
        yTicks={evenTicks(y).map((value) => [down(value), number(value)] as const)}
        columns={epochs.length}
        rows={1}
        textAt={(column) => {
          const [least, low, median, high, most] = told(histograms[column]);
          const bad = histograms[column]?.bad;
          const broken = bad === undefined ? "" : `, ${bad} not finite`;
          return `epoch ${epochs[column]}: ${least} to ${most}, half ${low} to ${high}, median ${median}${broken}`;
        }}
      />
      <NumbersTable
        title={title}
        head={["Epoch", "Least", "Lower quartile", "Median", "Upper quartile", "Most"]}
        rows={() => epochs.map((epoch, i) => [String(epoch), ...told(histograms[i])])}
      />
    </>
  );
}

/** A quantile, in a straight line through the bin that it is in. */
function quantile({ from, to, counts }: Bins, share: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const step = (to - from) / Math.max(1, counts.length);
  let before = 0;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && before + count >= share * all) return from + step * (bin + (share * all - before) / count);
    before += count;
  }
  return to;
}
