/** The timeline of the workers of a study: a bar for each training, a lane for each that trained. */
import type { StudyDetails } from "@nabla/workbench";
import { duration, evenTicks } from "@nabla/workbench/text";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWidth } from "./element-width.ts";
import { NumbersTable } from "./numbers-table.tsx";
import { toggle } from "./selection.ts";

/** In pixels: the most that it is wide, lanes, and what is beside and below them. */
const [WIDTH, LANE, LEFT, BELOW] = [880, 18, 8, 24];

/** Lanes that are drawn; the table has all. */
const MOST = 48;

const COLORS: Readonly<Record<string, string>> = { done: "train", running: "good", failed: "bad" };

/** The card; nothing where nobody noted who trained when. */
export function StudyTimeline({
  details: { lanes },
  chosen,
}: {
  readonly details: StudyDetails;
  readonly chosen: ReadonlySet<string> | undefined;
}) {
  const plane = useRef<SVGSVGElement>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const element = plane.current;
    const found = ({ target }: Event): DOMStringMap => (target instanceof SVGElement ? target.dataset : {});
    const say = (event: Event): void => setSaid(found(event).text ?? "");
    const choose = (event: Event): void => {
      const { key } = found(event);
      if (key !== undefined) toggle([key]);
    };
    element?.addEventListener("mousemove", say);
    element?.addEventListener("click", choose);
    return () => {
      element?.removeEventListener("mousemove", say);
      element?.removeEventListener("click", choose);
    };
  }, [lanes.length === 0]);
  const { frame, width } = useWidth<HTMLElement>(WIDTH);
  if (lanes.length === 0) return null;
  const end = Math.max(1e-3, ...lanes.flatMap(({ bars }) => bars.map(({ to }) => to)));
  const toX = (seconds: number): number => LEFT + (seconds / end) * (width - 2 * LEFT);
  const shown = lanes.slice(0, MOST);
  const height = shown.length * LANE + BELOW;
  return (
    <section class="card">
      <h2>Workers</h2>
      <figure class="plot timeline" ref={frame}>
        <figcaption>
          {lanes.length === 1 ? "One thread" : `${lanes.length} threads`}, a bar for each training; gray ones were
          pruned
          <span class="where">{said}</span>
        </figcaption>
        <svg ref={plane} viewBox={`0 0 ${width} ${height}`} role="img" aria-label="Trainings by worker over time">
          {evenTicks({ from: 0, to: end }).map((seconds) => (
            <g key={seconds}>
              <line class="grid" x1={toX(seconds)} x2={toX(seconds)} y1={0} y2={height - BELOW} />
              <text x={toX(seconds)} y={height - 6} text-anchor={seconds === 0 ? "start" : "middle"}>
                {seconds === 0 ? "0" : duration(seconds)}
              </text>
            </g>
          ))}
          {shown.flatMap(({ worker, bars }, lane) =>
            bars.map(({ number, repeat, status, from, to }) => (
              <rect
                key={`${number} ${repeat}`}
                x={toX(from)}
                y={lane * LANE + 2}
                width={Math.max(1.5, toX(to) - toX(from) - 1)}
                height={LANE - 4}
                rx="2"
                style={{
                  fill: `var(--${COLORS[status] ?? "muted"})`,
                  opacity: chosen === undefined || chosen.has(String(number)) ? 0.85 : 0.2,
                }}
                data-key={number}
                data-text={`${nameOf(number, repeat)}, ${status}, ${duration(to - from)}, ${worker}`}
              />
            )),
          )}
        </svg>
        {lanes.length > MOST && (
          <p class="muted">
            The first {MOST} of {lanes.length} threads.
          </p>
        )}
        <NumbersTable
          title="Workers"
          head={["Training", "Thread", "State", "From", "Time"]}
          rows={() =>
            lanes.flatMap(({ worker, bars }) =>
              bars.map(({ number, repeat, status, from, to }) => [
                ...[nameOf(number, repeat), worker, status, from === 0 ? "0" : duration(from), duration(to - from)],
              ]),
            )
          }
        />
      </figure>
    </section>
  );
}

function nameOf(number: number, repeat: number): string {
  return repeat === 0 ? `trial ${number}` : `trial ${number}, repeat ${repeat}`;
}
