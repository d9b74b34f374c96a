/** What can be done with the runs that are selected: tags, archive, delete; each with a way back. */
import type { RunView } from "@nabla/workbench";
import { useState } from "preact/hooks";
import { followLink } from "./address.ts";
import { clearSelection, select } from "./selection.ts";
import { act, facts } from "./server.ts";
import { attempt, note } from "./toasts.tsx";

interface Marks {
  readonly tags?: readonly string[];
  readonly archived?: boolean;
  readonly deleted?: boolean;
}

async function mark(runs: readonly string[], marks: Marks): Promise<void> {
  await act("/api/marks", { runs, marks });
}

function many(runs: readonly string[]): string {
  return runs.length === 1 ? `the run ${runs[0]}` : `${runs.length} runs`;
}

/** Marks runs, takes them out of the selection, and offers to undo it. */
function put(runs: readonly string[], marks: Marks, done: string): void {
  const back: Marks = Object.fromEntries(Object.entries(marks).map(([name, value]) => [name, !value]));
  void attempt(async () => {
    await mark(runs, marks);
    select([]);
    note(`${done} ${many(runs)}`, {
      action: {
        name: "Undo",
        run: () =>
          void attempt(async () => {
            await mark(runs, back);
            select(runs);
          }),
      },
    });
  });
}

/** Buttons for the runs that are selected. */
export function RunActions({
  runs,
  view,
  tagsOf,
}: {
  readonly runs: readonly string[];
  readonly view: RunView;
  readonly tagsOf: (id: string) => readonly string[];
}) {
  const [tag, setTag] = useState("");
  if (runs.length === 0) return null;
  const look = facts.value?.readOnly === true;
  const addTag = (): void => {
    const text = tag.trim();
    if (text === "") return;
    void attempt(async () => {
      for (const run of runs) await mark([run], { tags: [...new Set([...tagsOf(run), text])] });
      setTag("");
    });
  };
  return (
    <div class="actions" role="toolbar" aria-label="Selected runs">
      <b>{runs.length} selected</b>
      {!look && (
        <>
          {view === "active" && (
            <button type="button" onClick={() => put(runs, { archived: true }, "Archived")}>
              Archive
            </button>
          )}
          {view === "archived" && (
            <button type="button" onClick={() => put(runs, { archived: false }, "Brought back")}>
              Unarchive
            </button>
          )}
          {view === "deleted" ? (
            <>
              <button type="button" onClick={() => put(runs, { deleted: false }, "Restored")}>
                Restore
              </button>
              <Remove key={runs.join()} runs={runs} />
            </>
          ) : (
            <button type="button" onClick={() => put(runs, { deleted: true }, "Deleted")}>
              Delete
            </button>
          )}
          {runs.length === 1 && view !== "deleted" && (
            <a class="button" href={`/new?like=${encodeURIComponent(runs[0] ?? "")}`} onClick={followLink}>
              Start one like this
            </a>
          )}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              addTag();
            }}
          >
            <input
              aria-label="Tag"
              placeholder="tag"
              size={10}
              value={tag}
              onInput={({ currentTarget }) => setTag(currentTarget.value)}
            />
            <button type="submit">Add tag</button>
          </form>
        </>
      )}
      <button type="button" class="plain" onClick={clearSelection}>
        Clear selection
      </button>
    </div>
  );
}

/** What has no way back is asked twice. */
function Remove({ runs }: { readonly runs: readonly string[] }) {
  const [asked, setAsked] = useState(false);
  const remove = (): void =>
    void attempt(async () => {
      await act("/api/remove", { runs });
      select([]);
      note(`Deleted ${many(runs)} for good`);
    });
  if (!asked)
    return (
      <button type="button" class="danger" onClick={() => setAsked(true)}>
        Delete for good…
      </button>
    );
  return (
    <span class="asked" role="group" aria-label="Delete for good">
      The record, curves and model of {many(runs)} will be gone. This cannot be undone.
      <button type="button" class="danger" onClick={remove}>
        Delete for good
      </button>
      <button type="button" onClick={() => setAsked(false)}>
        Keep
      </button>
    </span>
  );
}
