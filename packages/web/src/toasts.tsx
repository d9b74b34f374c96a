/** Notes at the edge of the page: what was done, with a way back, and what was not. */
import { signal } from "@preact/signals";
import { RefusedError } from "./server.ts";

interface Toast {
  readonly number: number;
  readonly text: string;
  readonly bad: boolean;
  readonly action?: { readonly name: string; readonly run: () => void };
}

const toasts = signal<readonly Toast[]>([]);

/** Milliseconds that a note stays; one that can be undone stays longer. */
const STAY = { plain: 6000, undo: 20_000 } as const;

const count = signal(0);

/** Shows a note. */
export function note(text: string, { bad = false, action }: Partial<Pick<Toast, "bad" | "action">> = {}): void {
  count.value += 1;
  const number = count.value;
  toasts.value = [...toasts.value.slice(-2), { number, text, bad, ...(action === undefined ? {} : { action }) }];
  setTimeout(() => dismiss(number), action === undefined && !bad ? STAY.plain : STAY.undo);
}

/** Does something; what is refused is shown as a note. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const hint = error instanceof RefusedError && error.hint !== undefined ? ` (${error.hint})` : "";
    note(`${error instanceof Error ? error.message : String(error)}${hint}`, { bad: true });
  }
}

function dismiss(number: number): void {
  toasts.value = toasts.value.filter((toast) => toast.number !== number);
}

/** The notes that are shown now. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ number, text, bad, action }) => (
        <div key={number} class={bad ? "toast bad" : "toast"}>
          <span>{text}</span>
          {action !== undefined && (
            <button
              type="button"
              onClick={() => {
                dismiss(number);
                action.run();
              }}
            >
              {action.name}
            </button>
          )}
          <button type="button" class="plain" aria-label="Dismiss" onClick={() => dismiss(number)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
