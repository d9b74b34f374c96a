/** What the trials of a study show: importance, slices, contours, and the boxes of a search from coarse to fine. */
import type { StudyContour, StudyDetails, StudyShows } from "@nabla/workbench";
import { percent } from "@nabla/workbench/text";
import { SvgPlot } from "./svg-plot.tsx";
import { TableFrame } from "./table-frame.tsx";
import { errorText } from "./text.ts";

/** How much each option mattered, as bars. */
export function Importance({ shows: { importance } }: { readonly shows: StudyShows }) {
  const place = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  return (
    <section class="card">
      <h2>Importance</h2>
      <p class="muted">
        The share of the differences between trials that each hyperparameter explains alone, by functional ANOVA, with
        95% intervals; the rest is explained by interactions.
      </p>
      <dl class="bars">
        {importance.map(({ path, share, interval }) => (
          <div key={path}>
            <dt>
              {path} <b>{percent(share)}</b>
            </dt>
            <dd>
              <span
                class="bar"
                role="img"
                aria-label={`${path}: ${percent(share)}, 95% interval ${percent(interval.from)} to ${percent(interval.to)}`}
              >
                <i style={{ left: "0", right: `calc(100% - ${place(share)})`, background: "var(--train)" }} />
                <u style={{ left: place(interval.from), right: `calc(100% - ${place(interval.to)})` }} />
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface ShownProps {
  readonly shows: StudyShows;
  readonly details: StudyDetails;
  readonly chosen: ReadonlySet<string> | undefined;
}

/** The error by each of the hyperparameters that matter most. */
export function Slices({ shows: { slices, contour }, details, chosen }: ShownProps) {
  const { axes, trials, errorName, line } = details;
  const words = errorText(line.isShare);
  return (
    <section class="card">
      <h2>Each hyperparameter</h2>
      <p class="muted">
        Points are trials; the line is the mean prediction of a random forest over all others, with its 95% interval.
      </p>
      <div class="plots">
        {slices.map(({ path, curve }) => {
          const at = axes.findIndex((axis) => axis.path === path);
          return (
            <SvgPlot
              key={path}
              title={`${errorName} by ${path}`}
              points={trials.flatMap(({ number, error, units, status, texts }) => {
                const unit = units[at];
                if (unit === null || unit === undefined || error === undefined || status !== "done") return [];
                return [
                  {
                    key: String(number),
                    x: unit,
                    y: error,
                    color: "train",
                    title: `trial ${number}: ${texts[at]}, ${words.value(error)}`,
                    isFaint: chosen !== undefined && !chosen.has(String(number)),
                  },
                ];
              })}
              lines={[
                {
                  key: "interval",
                  color: "dev",
                  points: curve.map(({ unit, from }) => [unit, from]),
                  to: curve.map(({ unit, to }) => [unit, to]),
                },
                { key: "mean", color: "dev", points: curve.map(({ unit, value }) => [unit, value]) },
              ]}
              x={{ from: 0, to: 1 }}
              xTicks={axes[at]?.ticks ?? []}
              yText={words.tick}
            />
          );
        })}
        {contour !== undefined && <Contour contour={contour} details={details} />}
      </div>
    </section>
  );
}

const SIDE = { width: 480, height: 220, left: 64, bottom: 24, top: 8, right: 12 } as const;

/** The error expected over two hyperparameters, the bluer the lower, with the trials on it. */
function Contour({
  contour: { paths, values },
  details: { axes, trials, line },
}: {
  readonly contour: StudyContour;
  readonly details: StudyDetails;
}) {
  const [first, second] = paths.map((path) => axes.findIndex((axis) => axis.path === path));
  if (first === undefined || second === undefined) return null;
  const all = values.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const { width, height, left, bottom, top, right } = SIDE;
  const toX = (unit: number): number => left + unit * (width - left - right);
  const toY = (unit: number): number => top + (1 - unit) * (height - top - bottom);
  const shown = errorText(line.isShare).value;
  const title = `Expected error over ${paths[0]} (across) and ${paths[1]} (up), from ${shown(low)} (blue) to ${shown(high)}`;
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {values.map((row, i) =>
          row.map((value, k) => (
            <rect
              key={`${i} ${k}`}
              x={toX(i / values.length)}
              y={toY((k + 1) / row.length)}
              width={toX((i + 1) / values.length) - toX(i / values.length) + 0.5}
              height={toY(k / row.length) - toY((k + 1) / row.length) + 0.5}
              style={{ fill: "var(--train)", opacity: 0.05 + 0.75 * ((high - value) / (high - low || 1)) }}
            />
          )),
        )}
        {trials.map(({ number, units, status }) => {
          const [x, y] = [units[first], units[second]];
          if (typeof x !== "number" || typeof y !== "number" || status !== "done") return null;
          return <circle key={number} cx={toX(x)} cy={toY(y)} r="2.5" style={{ fill: "var(--dev)" }} />;
        })}
        {axes[first]?.ticks.map(([unit, text], i, ticks) => (
          <text
            key={`x${unit}`}
            x={toX(unit)}
            y={height - 6}
            text-anchor={i === 0 ? "start" : i === ticks.length - 1 ? "end" : "middle"}
          >
            {text}
          </text>
        ))}
        {axes[second]?.ticks.map(([unit, text]) => (
          <text key={`y${unit}`} x={left - 6} y={Math.max(toY(unit) + 4, 14)} text-anchor="end">
            {text}
          </text>
        ))}
      </svg>
    </figure>
  );
}

/** Where trials were drawn, over the two axes that matter most. */
export function Boxes({
  details: { axes, boxes, trials },
  order,
}: {
  readonly details: StudyDetails;
  readonly order: readonly string[];
}) {
  const all = [...order, ...axes.map(({ path }) => path).filter((path) => !order.includes(path))];
  const narrowed = all.filter((path) => boxes.some(({ texts }) => texts[path] !== undefined));
  const paths = [...narrowed, ...all.filter((path) => !narrowed.includes(path))];
  const [first, second] = paths.map((path) => axes.findIndex((axis) => axis.path === path));
  if (boxes.length < 2 || first === undefined || second === undefined) return null;
  const [one, other] = [axes[first]?.path ?? "", axes[second]?.path ?? ""];
  const { width, height, left, bottom, top, right } = SIDE;
  const toX = (unit: number): number => left + unit * (width - left - right);
  const toY = (unit: number): number => top + (1 - unit) * (height - top - bottom);
  return (
    <section class="card">
      <h2>From coarse to fine</h2>
      <div class="plots">
        <figure class="plot">
          <figcaption>
            Boxes that trials were drawn from: {one} across, {other} up
          </figcaption>
          <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Boxes over ${one} and ${other}`}>
            {boxes.map(({ first: from, sides }, i) => {
              const [x, y] = [sides[one] ?? { from: 0, to: 1 }, sides[other] ?? { from: 0, to: 1 }];
              return (
                <g key={from}>
                  <rect
                    x={toX(x.from)}
                    y={toY(y.to)}
                    width={toX(x.to) - toX(x.from)}
                    height={toY(y.from) - toY(y.to)}
                    style={{ fill: "var(--train)", fillOpacity: 0.08, stroke: `var(--run-${i % 8})` }}
                    stroke-width="1.5"
                  />
                </g>
              );
            })}
            {trials.map(({ number, units }) => {
              const [x, y] = [units[first], units[second]];
              if (typeof x !== "number" || typeof y !== "number") return null;
              return <circle key={number} cx={toX(x)} cy={toY(y)} r="2" style={{ fill: "var(--dev)" }} />;
            })}
          </svg>
        </figure>
        <TableFrame label="Boxes" titles={["From trial", ...narrowed]}>
          {boxes.map(({ first: from, texts }, i) => (
            <tr key={from}>
              <th scope="row">
                <span class="dot" style={{ background: `var(--run-${i % 8})` }} />
                {from}
              </th>
              {narrowed.map((path) => (
                <td key={path}>{texts[path] ?? "all"}</td>
              ))}
            </tr>
          ))}
        </TableFrame>
      </div>
    </section>
  );
}
