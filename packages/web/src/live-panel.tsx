/** A training that goes on: its settings to be changed, pause, one step, undo, fork and stop. */
import type { LiveSetting, LiveSettings } from "@nabla/workbench";
import { useState } from "preact/hooks";
import { goTo } from "./address.ts";
import { useAnswer } from "./answer.ts";
import { NumberInput } from "./number-input.tsx";
import { act, changesOfRun, facts, resets } from "./server.ts";
import { countText } from "./text.ts";
import { attempt, note } from "./toasts.tsx";

interface Done {
  readonly done: readonly { readonly kind: string; readonly summary: string; readonly run?: string }[];
}

/** The controls of a training that goes on; nothing to change where the server only shows. */
export function LivePanel({ id }: { readonly id: string }) {
  const [asked, setAsked] = useState(0);
  const address = `/api/runs/${encodeURIComponent(id)}/live`;
  const { data, error } = useAnswer<LiveSettings>(address, changesOfRun(id) + resets.value + asked);
  const readOnly = facts.value?.readOnly !== false;
  const carryOut = (...commands: readonly object[]): void =>
    void attempt(async () => {
      const { done } = await act<Done>(address, { commands });
      setAsked((times) => times + 1);
      for (const { summary, run } of done) {
        const action = run === undefined ? {} : { action: { name: "Train it", run: () => resume(run) } };
        note(summary, action);
      }
    });
  if (data === undefined)
    return (
      <section class="card live" aria-label="Live">
        <h2>Live</h2>
        <p class="muted">{error?.message ?? "Asking the training…"}</p>
      </section>
    );
  const word = (kind: string) => (): void => carryOut({ kind });
  return (
    <section class="card live" aria-label="Live">
      <h2>
        <span class={data.paused ? "pulse paused" : "pulse"} aria-hidden="true" /> Live
      </h2>
      <p class="muted" role="status">
        {data.paused ? "Paused" : "Trains"} after step {countText(data.step)}
      </p>
      <div class="settings">
        {data.settings.map((setting) => (
          <Setting
            key={setting.name}
            setting={setting}
            readOnly={readOnly}
            onChange={(value) => carryOut({ kind: "set", settings: { [setting.name]: value } })}
          />
        ))}
      </div>
      {!readOnly && (
        <div class="hands">
          {data.paused ? (
            <button type="button" onClick={word("continue")}>
              Continue
            </button>
          ) : (
            <button type="button" onClick={word("pause")}>
              Pause
            </button>
          )}
          <button type="button" onClick={word("step")}>
            One step
          </button>
          <button type="button" onClick={word("undo")}>
            Undo last change
          </button>
          <button type="button" onClick={word("fork")}>
            Fork
          </button>
          <button type="button" class="danger" onClick={word("stop")}>
            Stop, keep the best weights
          </button>
        </div>
      )}
    </section>
  );
}

function resume(run: string): void {
  void attempt(async () => {
    await act(`/api/runs/${encodeURIComponent(run)}/resume`);
    goTo(`/runs/${encodeURIComponent(run)}`);
  });
}

/** Places of a slider. */
const PLACES = 1000;

/** What a slider covers: the range of the setting, or where it has no end, a hundredth to a hundred times its value, by powers. */
function slider({ value, above, atLeast, below, atMost }: LiveSetting, start: number) {
  const [low, high] = [above ?? atLeast ?? 0, below ?? atMost];
  if (high !== undefined) {
    const width = high - low;
    return {
      place: (one: number) => Math.round(((one - low) / width) * PLACES),
      value: (place: number) => Number((low + (width * place) / PLACES).toPrecision(3)),
    };
  }
  const [from, to] = start > 0 ? [start / 100, start * 100] : [1e-6, 1];
  return {
    place: (one: number) => Math.round((Math.log(Math.max(one, from) / from) / Math.log(to / from)) * PLACES),
    value: (place: number) =>
      place === 0 && start === 0 && value >= 0 ? 0 : Number((from * (to / from) ** (place / PLACES)).toPrecision(2)),
  };
}

interface SettingProps {
  readonly setting: LiveSetting;
  readonly readOnly: boolean;
  readonly onChange: (value: number) => void;
}

function Setting({ setting, readOnly, onChange }: SettingProps) {
  const [start] = useState(setting.value);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const scale = slider(setting, start);
  const rounded = (value: number): number => (setting.whole ? Math.max(1, Math.round(value)) : value);
  const text = typed ?? String(setting.value);
  const send = (): void => {
    const value = Number(text);
    setTyped(undefined);
    if (text.trim() !== "" && Number.isFinite(value) && value !== setting.value) onChange(value);
  };
  return (
    <label class="setting">
      <span>{setting.name}</span>
      <input
        type="range"
        aria-label={`${setting.name}, slider`}
        min="0"
        max={PLACES}
        disabled={readOnly}
        value={scale.place(Number(text))}
        onInput={({ currentTarget }) => setTyped(String(rounded(scale.value(Number(currentTarget.value)))))}
        onChange={send}
      />
      <NumberInput label={setting.name} text={text} size={8} readOnly={readOnly} onType={setTyped} onSend={send} />
    </label>
  );
}
