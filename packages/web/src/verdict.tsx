/** What holds a run back: bias and variance as bars, and what to try as buttons. */
import type { RunDetails, StartedWork, VerdictBar } from "@nabla/workbench";
import { percent } from "@nabla/workbench/text";
import { goTo } from "./address.ts";
import { act, facts } from "./server.ts";
import { attempt } from "./toasts.tsx";

/** The verdict on a run and its recipe; nothing where there is neither. */
export function Verdict({ details: { verdict, recipe, line } }: { readonly details: RunDetails }) {
  if (verdict === undefined && recipe.length === 0) return null;
  return (
    <section class="card">
      <h2>Verdict</h2>
      {verdict !== undefined && (
        <>
          <p class="sentence">{verdict.sentence}</p>
          <Bars bars={verdict.bars} />
          <p class="muted">
            Human-level error {percent(verdict.errors.human)}, train {percent(verdict.errors.train)}, dev{" "}
            {percent(verdict.errors.dev)}. Thin lines are 95% intervals of what was measured.
          </p>
        </>
      )}
      {recipe.length > 0 && (
        <>
          <h3>What to try, in this order</h3>
          <ol class="recipe">
            {recipe.map((step, i) => (
              <li key={step.code + step.description}>
                <div class="step">
                  <div>
                    <b>{step.description}</b>
                    <p class="muted">because {step.because}</p>
                    {step.options !== "" && <code>{step.options}</code>}
                  </div>
                  {step.canStart && facts.value?.readOnly === false && (
                    <button
                      type="button"
                      aria-label={`Try it: ${step.description}`}
                      onClick={() => tryStep(line.id, i)}
                    >
                      Try it
                    </button>
                  )}
                </div>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** Starts a proposed change, and goes to its run. */
function tryStep(id: string, step: number): void {
  void attempt(async () => {
    const { name } = await act<StartedWork>(`/api/runs/${encodeURIComponent(id)}/try`, { step });
    goTo(`/runs/${encodeURIComponent(name)}`);
  });
}

function Bars({ bars }: { readonly bars: readonly VerdictBar[] }) {
  const ends = bars.flatMap(({ from, to, interval }) => [from, to, interval?.to ?? to]).filter(Number.isFinite);
  const widest = Math.max(1e-9, ...ends) * 1.05;
  const place = (value: number): string => `${Math.max(0, Math.min(100, (100 * value) / widest))}%`;
  return (
    <dl class="bars">
      {bars.map(({ name, from, to, interval }, i) => (
        <div key={name}>
          <dt>
            {name} <b>{percent(to - from)}</b>
          </dt>
          <dd>
            <span
              class="bar"
              role="img"
              aria-label={`${name}: from ${percent(from)} to ${percent(to)}${interval === undefined ? "" : `, 95% interval ${percent(interval.from)} to ${percent(interval.to)}`}`}
            >
              <i
                style={{
                  left: place(Math.min(from, to)),
                  right: `calc(100% - ${place(Math.max(from, to))})`,
                  background: `var(--${i === 0 ? "train" : "dev"})`,
                }}
              />
              {interval !== undefined && (
                <u style={{ left: place(interval.from), right: `calc(100% - ${place(interval.to)})` }} />
              )}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
