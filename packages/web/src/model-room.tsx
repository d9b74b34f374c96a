/** One model: tried with a row or a picture, exported, and measured on the test part. */
import type { AnsweredRow, ExportFormat, ModelDetails, ModelLine, OpenedTest } from "@nabla/workbench";
import { number, percent } from "@nabla/workbench/text";
import { useEffect, useState } from "preact/hooks";
import { followLink } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { timesText } from "./models-room.tsx";
import { Picture } from "./picture.tsx";
import { act, changes, facts, RefusedError } from "./server.ts";
import { cellText, countText } from "./text.ts";
import { attempt } from "./toasts.tsx";

/** The room of the model with this name. */
export function ModelRoom({ id }: { readonly id: string }) {
  const address = `/api/models/${encodeURIComponent(id)}`;
  const { data, error } = useAnswer<ModelDetails>(address, 0);
  const { data: all } = useAnswer<readonly ModelLine[]>("/api/models", changes.value);
  const line = all?.find((one) => one.line.id === id);
  const readOnly = facts.value?.readOnly !== false;
  return (
    <main class="run">
      <nav class="path" aria-label="Way">
        <a href="/models" onClick={followLink}>
          Models
        </a>
        <a href={`/runs/${encodeURIComponent(id)}`} onClick={followLink}>
          Its run
        </a>
      </nav>
      <header class="title">
        <h1>{id}</h1>
        {data !== undefined && <span class="pill">predicts {data.target}</span>}
        {line !== undefined && (
          <span class="pill">dev error {cellText("dev.error", line.line.measures["dev.error"])}</span>
        )}
      </header>
      {error !== undefined && <p class="card bad">{error.message}</p>}
      {data === undefined && error === undefined && <p class="muted">Opening the model…</p>}
      {data?.refused !== undefined && <p class="card muted">It cannot be tried here: {data.refused}.</p>}
      {!readOnly && data !== undefined && data.entries.length > 0 && <TryRow address={address} details={data} />}
      {!readOnly && data?.image !== undefined && <TryPicture address={address} image={data.image} />}
      {!readOnly && <Exports id={id} />}
      {line !== undefined && <TestPart address={address} line={line} readOnly={readOnly} />}
    </main>
  );
}

/** Milliseconds that filling in rests before the model is asked. */
const REST = 250;

function TryRow({ address, details: { entries } }: { readonly address: string; readonly details: ModelDetails }) {
  const [row, setRow] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(entries.map(({ name, value }) => [name, value])),
  );
  const [answer, setAnswer] = useState<AnsweredRow | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      const asked = Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text === "" ? null : text]));
      try {
        const found = await act<AnsweredRow>(`${address}/answer`, asked);
        if (!isOver) {
          setAnswer(found);
          setWrong("");
        }
      } catch (error) {
        const hint = error instanceof RefusedError && error.hint !== undefined ? ` (${error.hint})` : "";
        if (!isOver) setWrong(`${error instanceof Error ? error.message : String(error)}${hint}`);
      }
    };
    const timer = setTimeout(() => void ask(), REST);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [row]);
  return (
    <section class="card">
      <h2>Try it</h2>
      <p class="muted">It begins with the middle of what it learned from. Empty means missing.</p>
      <div class="try">
        <div class="row-form">
          {entries.map(({ name, levels }, i) => (
            <div key={name}>
              <label for={`cell-${i}`}>{name}</label>
              {levels === undefined ? (
                <input
                  id={`cell-${i}`}
                  type="text"
                  value={row[name] ?? ""}
                  onInput={({ currentTarget }) => setRow({ ...row, [name]: currentTarget.value })}
                />
              ) : (
                <select
                  id={`cell-${i}`}
                  value={row[name] ?? ""}
                  onChange={({ currentTarget }) => setRow({ ...row, [name]: currentTarget.value })}
                >
                  <option value="">(missing)</option>
                  {levels.map((level) => (
                    <option key={level} value={level}>
                      {level}
                    </option>
                  ))}
                </select>
              )}
            </div>
          ))}
        </div>
        <div aria-live="polite">
          {wrong !== "" && (
            <p class="bad" role="alert">
              {wrong}
            </p>
          )}
          {answer !== undefined && <Answered answer={answer} />}
          {answer === undefined && wrong === "" && <p class="muted">Asking the model…</p>}
        </div>
      </div>
    </section>
  );
}

function TryPicture({ address, image }: { readonly address: string; readonly image: readonly number[] }) {
  const [answer, setAnswer] = useState<AnsweredRow | undefined>(undefined);
  return (
    <section class="card">
      <h2>Try it</h2>
      <div class="try">
        <Picture address={`${address}/picture`} image={image} onAnswer={setAnswer} />
        <div aria-live="polite">
          {answer === undefined ? (
            <p class="muted">Draw in the square, or drop a picture on it.</p>
          ) : (
            <Answered answer={answer} />
          )}
        </div>
      </div>
    </section>
  );
}

function Answered({ answer: { targets, unknown, moved } }: { readonly answer: AnsweredRow }) {
  return (
    <div class="answered">
      {targets.map(({ name, prediction, probabilities }) => (
        <div key={name}>
          <p class="sentence">
            {name}: <b>{prediction}</b>
          </p>
          <dl class="bars">
            {probabilities.slice(0, 10).map(([one, share]) => (
              <div key={one}>
                <dt>
                  {one} <b>{percent(share)}</b>
                </dt>
                <dd>
                  <span class="bar" aria-hidden="true">
                    <i style={{ left: "0", right: `${100 - 100 * share}%`, background: "var(--train)" }} />
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
      {unknown.map(([column, level]) => (
        <p key={column} class="muted">
          Training has never seen "{level}" in {column}; it counts as missing.
        </p>
      ))}
      {moved !== undefined && <Moved moved={moved} probability={targets[0]?.probabilities[0]?.[1]} />}
    </div>
  );
}

interface MovedProps {
  readonly moved: NonNullable<AnsweredRow["moved"]>;
  /** That of the class, as it is told; undefined for numbers. */
  readonly probability: number | undefined;
}

/** Which columns moved the prediction from the mean of other rows, and which way. */
function Moved({ moved: { output, base, value, shares }, probability }: MovedProps) {
  const widest = Math.max(1e-12, ...shares.map(({ by }) => Math.abs(by)));
  const text = probability === undefined ? number : percent;
  const isRaw = probability !== undefined && Math.abs(probability - value) > 0.001;
  return (
    <>
      <h3>What moved it</h3>
      <p class="muted">
        From {text(base)}, the mean over other rows of its data, to {text(value)} for {output}
        {isRaw ? ", before calibration" : ""} (Shapley values).
      </p>
      <dl class="bars moved">
        {shares.slice(0, 10).map(({ column, by }) => (
          <div key={column}>
            <dt>
              {column}{" "}
              <b>
                {by > 0 ? "+" : ""}
                {text(by)}
              </b>
            </dt>
            <dd>
              <span class="bar" aria-hidden="true">
                <i
                  style={{
                    left: by < 0 ? `${50 - (50 * -by) / widest}%` : "50%",
                    right: by < 0 ? "50%" : `${50 - (50 * by) / widest}%`,
                    background: `var(--${by < 0 ? "dev" : "train"})`,
                  }}
                />
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Exports({ id }: { readonly id: string }) {
  const { data } = useAnswer<readonly ExportFormat[]>("/api/formats", 0);
  return (
    <section class="card">
      <h2>Export</h2>
      <p class="muted">Each file is compared with the model before it is handed over.</p>
      <dl>
        {data?.map(({ name, about }) => (
          <div key={name}>
            <dt>
              <a href={`/export/${encodeURIComponent(id)}/${name}`} download aria-label={`Export as ${name}`}>
                {name}
              </a>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface TestProps {
  readonly address: string;
  readonly line: ModelLine;
  readonly readOnly: boolean;
}

function TestPart({ address, line: { testRows, testEvaluations }, readOnly }: TestProps) {
  const [sure, setSure] = useState(false);
  const [working, setWorking] = useState(false);
  const [found, setFound] = useState<OpenedTest | undefined>(undefined);
  const open = (): void => {
    setWorking(true);
    setSure(false);
    void attempt(async () => setFound(await act<OpenedTest>(`${address}/test`))).finally(() => setWorking(false));
  };
  const times = Math.max(testEvaluations, found?.testEvaluations ?? 0);
  return (
    <section class="card">
      <h2>Test part</h2>
      {testRows === 0 ? (
        <p class="muted">The split made none.</p>
      ) : (
        <>
          <p>
            {countText(testRows)} sealed rows, opened {timesText(times)}. Each look at them that decides anything makes
            their error too good: open them once, for the model that is chosen.
          </p>
          {found !== undefined && (
            <p class="sentence" role="status">
              Test error <b>{percent(found.error)}</b> ({percent(found.from)} to {percent(found.to)}
              {found.rmse === undefined ? "" : `, RMSE ${number(found.rmse)}`}), the baseline {percent(found.baseline)}
            </p>
          )}
          {!readOnly && (
            <div class="hands">
              <label>
                <input
                  type="checkbox"
                  checked={sure}
                  onChange={({ currentTarget }) => setSure(currentTarget.checked)}
                />{" "}
                This look is counted in the run
              </label>
              <button type="button" disabled={!sure || working} onClick={open}>
                {working ? "Measuring…" : "Open the test part"}
              </button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
