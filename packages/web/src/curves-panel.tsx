/** The curves of some runs: one chart of errors and one of costs, over what one chooses. */
import type { CurveMark, RunCurve, RunCurves } from "@nabla/workbench";
import { duration, number, percentTick } from "@nabla/workbench/text";
import { useMemo } from "preact/hooks";
import { parameter, setParameters } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { Chart } from "./chart.tsx";
import type { ChartLine, ChartMark } from "./chart-lines.ts";
import { meanCurve } from "./seed-bands.ts";
import { changes, changesOfRun, resets } from "./server.ts";
import { countText } from "./text.ts";

/** The color of a run by its place among those that are shown. */
export function runColor(place: number): string {
  return `run-${place % 8}`;
}

const AXES = ["epoch", "step", "seconds"] as const;

const CHARTS = [
  { title: "Error", measures: ["train.error", "dev.error"], text: percentTick },
  { title: "Cost", measures: ["train.cost", "dev.cost"], text: number },
] as const;

const SIGNS: Readonly<Record<CurveMark["kind"], { readonly sign: string; readonly color: string }>> = {
  best: { sign: "★", color: "good" },
  change: { sign: "✎", color: "muted" },
  diverged: { sign: "✕", color: "bad" },
};

const secondsText = (value: number): string => duration(value);

/** Curves of runs in their order; `single` colors train and dev in place of runs. */
export function CurvesPanel({
  runs,
  names,
  single = false,
  seeds = NO_SEEDS,
}: {
  readonly runs: readonly string[];
  readonly names: (id: string) => string;
  readonly single?: boolean;
  /** Runs that are one line: seeds of one setting. */
  readonly seeds?: readonly (readonly string[])[];
}) {
  const axis = AXES.find((one) => one === parameter("x")) ?? "epoch";
  const log = parameter("log") === "true";
  const smooth = Number(parameter("smooth")) || 0;
  const measures = CHARTS.flatMap((chart) => chart.measures);
  const query = new URLSearchParams({ runs: runs.join(","), measures: measures.join(","), x: axis, pixels: "700" });
  if (smooth > 0) query.set("smooth", String(smooth));
  const version = runs.reduce((sum, id) => sum + changesOfRun(id), resets.value + 0 * changes.value);
  const { data, error } = useAnswer<RunCurves>(runs.length === 0 ? "" : `/api/curves?${query}`, version);
  const charts = useMemo(
    () => (data === undefined ? undefined : chartsOf(data, { runs, names, single, seeds })),
    [data, runs.join(","), single, seeds.join(";")],
  );
  return (
    <section class="curves" aria-label="Curves">
      <div class="controls">
        <Choice name="x" label="Over" words={AXES} value={axis} standard="epoch" />
        <label>
          Smoothing
          <input
            type="range"
            min="0"
            max="99"
            value={smooth}
            onInput={({ currentTarget }) =>
              setParameters({ smooth: currentTarget.value === "0" ? "" : currentTarget.value })
            }
          />
          <output>{smooth === 0 ? "off" : `β ${smooth / 100}`}</output>
        </label>
        <label>
          <input
            type="checkbox"
            checked={log}
            onChange={({ currentTarget }) => setParameters({ log: currentTarget.checked ? "true" : "" })}
          />
          Log scale
        </label>
      </div>
      {error !== undefined && <p class="bad">{error.message}</p>}
      {charts?.every(({ lines }) => lines.length === 0) && (
        <p class="muted">No epoch has ended yet. Curves begin with the first one.</p>
      )}
      <div class="charts">
        {charts
          ?.filter(({ lines }) => lines.length > 0)
          .map(({ title, lines, marks, text }) => (
            <Chart
              key={title}
              title={title}
              lines={lines}
              marks={marks}
              xName={axis}
              xWhole={axis !== "seconds"}
              xText={axis === "seconds" ? secondsText : countText}
              yText={text}
              log={log}
            />
          ))}
      </div>
    </section>
  );
}

const NO_SEEDS: readonly (readonly string[])[] = [];

interface ChartsOptions {
  readonly seeds: readonly (readonly string[])[];
  readonly runs: readonly string[];
  readonly names: (id: string) => string;
  readonly single: boolean;
}

function chartsOf({ curves, marks }: RunCurves, { runs, names, single, seeds }: ChartsOptions) {
  const colorOfRun = (curve: RunCurve): string => runColor(runs.indexOf(curve.run));
  const several = runs.length > 1;
  return CHARTS.map(({ title, measures, text }) => {
    const joined = seeds.flatMap((ids) =>
      measures.flatMap((measure) => joinedLine(curves, { ids, measure, runs, names })),
    );
    const lines = curves.flatMap((curve): readonly ChartLine[] => {
      if (!measures.some((name) => name === curve.measure)) return [];
      if (joined.length > 0 && seeds.some((ids) => ids.includes(curve.run))) return [];
      const part = curve.measure.startsWith("train") ? "train" : "dev";
      return [
        {
          key: `${curve.run} ${curve.measure}`,
          name: single ? part : `${names(curve.run)} ${part}`,
          color: single ? part : colorOfRun(curve),
          dashed: part === "train",
          unnamed: several && part === "train",
          x: curve.x,
          y: curve.y,
          bad: curve.bad,
          ...(curve.smooth === undefined ? {} : { smooth: curve.smooth }),
        },
      ];
    });
    const shown = marks.map(
      ({ run, x, kind, text: said }): ChartMark => ({
        x,
        ...SIGNS[kind],
        ...(several ? { color: runColor(runs.indexOf(run)) } : {}),
        text: several ? `${names(run)}: ${said}` : said,
      }),
    );
    return { title, text, lines: [...joined, ...lines], marks: shown };
  });
}

interface JoinedOptions extends Pick<ChartsOptions, "runs" | "names"> {
  readonly ids: readonly string[];
  readonly measure: string;
}

/** Seeds of one setting as one line with its band. */
function joinedLine(curves: readonly RunCurve[], { ids, measure, runs, names }: JoinedOptions): readonly ChartLine[] {
  const mean = meanCurve(curves.filter((curve) => curve.measure === measure && ids.includes(curve.run)));
  const [first = ""] = ids;
  if (mean === undefined) return [];
  const part = measure.startsWith("train") ? "train" : "dev";
  return [
    {
      key: `${ids.join()} ${measure}`,
      name: `${names(first)} ${part}, mean of ${ids.length} seeds`,
      color: runColor(runs.indexOf(first)),
      dashed: part === "train",
      unnamed: part === "train",
      ...mean,
    },
  ];
}

/** One of a few words, as buttons beside each other. */
export function Choice({
  name,
  label,
  words,
  value,
  standard,
  titles = {},
}: {
  readonly name: string;
  readonly label: string;
  readonly words: readonly string[];
  readonly value: string;
  readonly standard: string;
  readonly titles?: Readonly<Record<string, string>>;
}) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {words.map((word) => (
        <label key={word} class={word === value ? "chosen" : ""}>
          <input
            type="radio"
            name={name}
            value={word}
            checked={word === value}
            onChange={() =>
              setParameters({ [name]: word === standard ? "" : word, ...(name === "view" ? { sel: "" } : {}) })
            }
          />
          {titles[word] ?? word}
        </label>
      ))}
    </fieldset>
  );
}
