/** Going on with a study: more trials, in a wider space, with more workers. */
import { useState } from "preact/hooks";
import { act, RefusedError } from "./server.ts";
import { note } from "./toasts.tsx";

/** A form that adds trials to the study at `address`. */
export function StudyMore({
  address,
  space,
  wanted,
  isRunning,
}: {
  readonly address: string;
  readonly space: string;
  readonly wanted: number;
  /** Whether it is carried out now. */
  readonly isRunning: boolean;
}) {
  const [trials, setTrials] = useState(String(wanted));
  const [workers, setWorkers] = useState("");
  const [text, setText] = useState(space);
  const [working, setWorking] = useState(false);
  const [wrong, setWrong] = useState("");
  const begin = async (): Promise<void> => {
    setWorking(true);
    setWrong("");
    try {
      await act(`${address}/more`, { trials, workers, ...(text === space ? {} : { space: text }) });
      note("The study goes on");
    } catch (error) {
      const hint = error instanceof RefusedError && error.hint !== undefined ? ` (${error.hint})` : "";
      setWrong(`${error instanceof Error ? error.message : String(error)}${hint}`);
    }
    setWorking(false);
  };
  return (
    <section class="card">
      <h2>{isRunning ? "More trials, another space" : "Go on"}</h2>
      {isRunning && (
        <p class="muted">
          The study stops where it can go on, then goes on with these; trials that are trained now lose nothing but what
          came after their last checkpoint.
        </p>
      )}
      <form
        class="more"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <label>
          Trials in all
          <input
            type="text"
            inputMode="numeric"
            size={8}
            value={trials}
            onInput={({ currentTarget }) => setTrials(currentTarget.value)}
          />
        </label>
        <label>
          Parallel trials
          <input
            type="text"
            inputMode="numeric"
            size={8}
            placeholder="cores"
            value={workers}
            onInput={({ currentTarget }) => setWorkers(currentTarget.value)}
          />
        </label>
        <details>
          <summary>Space: widen or narrow what is searched</summary>
          <textarea
            aria-label="Space in YAML"
            rows={12}
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </details>
        {wrong !== "" && (
          <p class="bad" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" disabled={working}>
          {working ? "Starting…" : isRunning ? "Go on with these" : "Go on with the study"}
        </button>
      </form>
    </section>
  );
}
