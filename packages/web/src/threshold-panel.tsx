/** From which probability one of two classes is the answer: what each threshold finds and costs, and one saved into the model. */
import type { ThresholdsOfRun } from "@nabla/workbench";
import { number, percent, percentTick } from "@nabla/workbench/text";
import { cheapestThreshold, decisionAt, type Operations } from "nabla/diagnose";
import { useMemo, useState } from "preact/hooks";
import { useAnswer } from "./answer.ts";
import { NumberInput } from "./number-input.tsx";
import { NumbersTable } from "./numbers-table.tsx";
import { act, changesOfRun, facts } from "./server.ts";
import { type PlotLine, SvgPlot } from "./svg-plot.tsx";
import { countText } from "./text.ts";
import { attempt, note } from "./toasts.tsx";

/** The thresholds of the run at this address, which are measured when they are first looked at. */
export function ThresholdPanel({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const address = `/api/runs/${encodeURIComponent(id)}/thresholds`;
  const { data, error } = useAnswer<ThresholdsOfRun>(open ? address : "", changesOfRun(id));
  return (
    <section class="card" aria-label="Threshold">
      <h2>Threshold</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Precision, recall, F1 and cost by threshold</summary>
        {open && data === undefined && error === undefined && <p class="muted">Asking the network…</p>}
        {error !== undefined && <p class="bad">{error.message}</p>}
        {data !== undefined && <Thresholds id={id} data={data} />}
      </details>
    </section>
  );
}

interface ThresholdsProps {
  readonly id: string;
  readonly data: ThresholdsOfRun;
}

/** What rows that are taken for the class come to. */
interface Found {
  readonly hits: number;
  readonly falseAlarms: number;
}

/** What is drawn and listed of a threshold. */
const MEASURES = [
  { name: "Precision", color: "run-0", of: ({ hits, falseAlarms }: Found) => hits / (hits + falseAlarms) },
  { name: "Recall", color: "run-1", of: ({ hits }: Found, positives: number) => hits / positives },
  {
    name: "F1",
    color: "run-2",
    of: ({ hits, falseAlarms }: Found, positives: number) => (2 * hits) / (hits + falseAlarms + positives),
  },
] as const;

/** Rows of the table behind the charts. */
const LISTED = 60;

function Thresholds({ id, data }: ThresholdsProps) {
  const { rows, positive, positives, negatives, saved, undo } = data;
  const [moved, setMoved] = useState<number | undefined>(undefined);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [prices, setPrices] = useState({ miss: "1", falseAlarm: "1" });
  const costs = { miss: priceOf(prices.miss) ?? 1, falseAlarm: priceOf(prices.falseAlarm) ?? 1 };
  const all: Operations = useMemo(
    () => ({
      points: [{ threshold: Number.POSITIVE_INFINITY, hits: 0, falseAlarms: 0 }, ...data.points],
      positives,
      negatives,
    }),
    [data],
  );
  const places = useMemo(
    () => data.points.map((point, i) => placeOf(point.threshold, data.points[i + 1]?.threshold)),
    [data],
  );
  const from = moved ?? saved ?? 0.5;
  const here = decisionAt(all, from, costs);
  const priced = useMemo(
    () => ({
      best: cheapestThreshold(all, costs),
      line: data.points.map(({ threshold }) => [threshold, decisionAt(all, threshold, costs).cost] as const),
    }),
    [all, costs.miss, costs.falseAlarm],
  );
  const { best } = priced;
  const lowest = data.points.findLastIndex(({ threshold }) => threshold >= from);
  const x = { from: 0, to: 1 };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((place) => [place, percentTick(place)] as const);
  const marked = { x, xTicks: ticks, points: [], marker: from, onPlace: (place: number) => move(place) };
  const move = (place: number): void => {
    setTyped(undefined);
    setMoved(Math.min(1 - 1e-6, Math.max(1e-6, Number(place.toPrecision(3)))));
  };
  const send = (): void => {
    const value = Number(typed);
    setTyped(undefined);
    if (typed !== undefined && value > 0 && value < 1) setMoved(value);
  };
  const isReadOnly = facts.value?.readOnly !== false;
  const decide = (threshold: number | null, done: string, action?: { name: string; run: () => void }): void =>
    void attempt(async () => {
      await act(`/api/runs/${encodeURIComponent(id)}/threshold`, { threshold });
      setMoved(undefined);
      note(done, action === undefined ? {} : { action });
    });
  const takeBack = (): void => decide(null, "The threshold is what it was before");
  const save = (): void =>
    decide(from, `${positive} is the answer from ${percent(from)} on`, { name: "Undo", run: takeBack });
  return (
    <>
      <p class="muted">
        Of {countText(rows)} rows that the network did not learn, {countText(positives)} are {positive}. From the
        threshold on, {positive} is the answer; {saved === undefined ? "the model has none: " : "the model's is "}
        {saved === undefined ? "the likelier class is the answer." : `${percent(saved)}.`} What is chosen and measured
        by the same rows is a little optimistic.
      </p>
      <div class="deciding">
        <label class="setting">
          <span>threshold</span>
          <input
            type="range"
            aria-label="threshold, slider"
            min="0"
            max={places.length - 1}
            value={places.length - 1 - Math.max(0, lowest)}
            aria-valuetext={percent(from)}
            onInput={({ currentTarget }) => {
              setTyped(undefined);
              setMoved(places[places.length - 1 - Number(currentTarget.value)]);
            }}
          />
          <NumberInput label="threshold" text={typed ?? String(from)} onType={setTyped} onSend={send} />
        </label>
        <div class="prices">
          {(
            [
              ["miss", `A missed ${positive} costs`],
              ["falseAlarm", "A false alarm costs"],
            ] as const
          ).map(([name, label]) => (
            <label key={name}>
              <span>{label}</span>
              <input
                type="text"
                inputMode="decimal"
                size={6}
                value={prices[name]}
                aria-invalid={priceOf(prices[name]) === undefined}
                onInput={({ currentTarget }) => setPrices({ ...prices, [name]: currentTarget.value })}
              />
            </label>
          ))}
        </div>
      </div>
      <div class="tiles" role="status" aria-label={`From ${percent(from)}`}>
        {MEASURES.map(({ name, of }) => (
          <Tile key={name} name={name} value={shareText(of(here, positives))} />
        ))}
        <Tile name="Misses" value={countText(here.misses)} />
        <Tile name="False alarms" value={countText(here.falseAlarms)} />
        <Tile name={`Cost of a row (least ${number(best.cost)})`} value={number(here.cost)} />
      </div>
      <div class="hands">
        <button type="button" onClick={() => move(best.threshold)}>
          Move to the cheapest, {percent(best.threshold)}
        </button>
        {!isReadOnly && (
          <button type="button" disabled={from === (saved ?? 0.5)} onClick={save}>
            Save into the model
          </button>
        )}
        {!isReadOnly && undo !== undefined && (
          <button type="button" onClick={takeBack}>
            Undo the saved {percent(undo)}
          </button>
        )}
      </div>
      <div class="plots">
        <div>
          <SvgPlot
            {...marked}
            title="Precision, recall and F1 by threshold"
            lines={MEASURES.map(({ name, color, of }) => ({
              key: name,
              color,
              isSteps: true,
              points: data.points.flatMap((point): PlotLine["points"] => {
                const share = of(point, positives);
                return Number.isNaN(share) ? [] : [[point.threshold, share]];
              }),
            }))}
            yText={percentTick}
          />
          <ul class="legend">
            {MEASURES.map(({ name, color }) => (
              <li key={name} class="entry">
                <span class="dot" style={{ background: `var(--${color})` }} />
                {name}
              </li>
            ))}
          </ul>
        </div>
        <SvgPlot
          {...marked}
          title="Cost of a row by threshold"
          lines={[
            {
              key: "cost",
              color: "train",
              isSteps: true,
              points: priced.line,
            },
          ]}
          yText={(value) => number(value)}
        />
      </div>
      <NumbersTable
        title="Thresholds"
        head={["Threshold", ...MEASURES.map(({ name }) => name), "Misses", "False alarms", "Cost of a row"]}
        rows={() =>
          listed(places).map((place) => {
            const one = decisionAt(all, place, costs);
            return [
              number(place),
              ...MEASURES.map(({ of }) => shareText(of(one, positives))),
              ...[countText(one.misses), countText(one.falseAlarms), number(one.cost)],
            ];
          })
        }
      />
    </>
  );
}

function Tile({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="tile">
      <b>{value}</b>
      <span>{name}</span>
    </div>
  );
}

/** A price that was typed; undefined for what is none. */
function priceOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && value >= 0 && Number.isFinite(value) ? value : undefined;
}

function shareText(share: number): string {
  return Number.isNaN(share) ? "n/a" : percent(share);
}

/** The shortest number that takes the rows down to one probability, and not those of the next. */
function placeOf(last: number, next = 0): number {
  const middle = (Math.min(1, last) + next) / 2;
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(middle.toPrecision(digits));
    if (short > next && short <= last && short < 1) return short;
  }
  return last;
}

function listed(places: readonly number[]): readonly number[] {
  const step = Math.max(1, places.length / LISTED);
  return Array.from({ length: Math.min(LISTED, places.length) }, (_, i) => places[Math.floor(i * step)] ?? 0);
}
