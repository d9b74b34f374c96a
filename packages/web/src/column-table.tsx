/** The columns of a file: what each holds, which one is learned, and which are left out. */
import type { ColumnProfile } from "@nabla/workbench";
import { draft, say } from "./draft.ts";
import { TableFrame } from "./table-frame.tsx";
import { countText } from "./text.ts";

/** Rows that are shown before somebody asks for all. */
const FIRST = 200;

/** A row for each column, in which it becomes a target, or is left out. */
export function ColumnTable({ columns }: { readonly columns: readonly ColumnProfile[] }) {
  const { target, ignore } = draft.value.experiment;
  const targets = namesIn(target);
  const left = namesIn(ignore);
  const turn = (name: string): void => {
    const next = targets.includes(name) ? targets.filter((one) => one !== name) : [...targets, name];
    say("experiment", "target", next.length === 0 ? undefined : next);
  };
  const feed = (name: string, isFed: boolean): void => {
    const next = isFed ? left.filter((one) => one !== name) : [...left, name];
    say(
      "experiment",
      "ignore",
      next.length === 0 ? undefined : next.some((one) => one.includes(",")) ? JSON.stringify(next) : next.join(),
    );
  };
  return (
    <>
      <TableFrame
        label="Columns of the file"
        look="wide columns"
        titles={["Predict", "Feed", "Column", "Read as", "Values", "Missing", "Different"]}
        numeric={["Missing", "Different"]}
      >
        {columns.slice(0, FIRST).map((column) => {
          const { name, how, why, missing, distinct, use, reason } = column;
          const isTarget = targets.includes(name);
          const isDropped = use === "dropped";
          return (
            <tr key={name} class={isTarget ? "chosen" : ""}>
              <td>
                <input type="checkbox" aria-label={`Predict ${name}`} checked={isTarget} onChange={() => turn(name)} />
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Feed ${name}`}
                  checked={!isTarget && !isDropped && !left.includes(name)}
                  disabled={isTarget || isDropped}
                  onChange={({ currentTarget }) => feed(name, currentTarget.checked)}
                />
              </td>
              <th scope="row">{name}</th>
              <td title={why}>
                {how}
                {isDropped && reason !== undefined && <span class="muted"> ({reason})</span>}
              </td>
              <td class="values">{valuesOf(column)}</td>
              <td class="numeric">{missing === 0 ? "" : countText(missing)}</td>
              <td class="numeric">{countText(distinct)}</td>
            </tr>
          );
        })}
      </TableFrame>
      {columns.length > FIRST && (
        <p class="muted">
          {countText(columns.length - FIRST)} more columns; name targets and columns to leave out among the options.
        </p>
      )}
    </>
  );
}

function valuesOf({ range, levels, examples }: ColumnProfile): string {
  return range ?? (levels?.first.slice(0, 5) ?? examples.slice(0, 3)).join(", ");
}

function namesIn(said: unknown): readonly string[] {
  if (Array.isArray(said)) return said.map(String);
  if (typeof said !== "string" || said === "") return [];
  if (said.startsWith("["))
    try {
      return (JSON.parse(said) as readonly unknown[]).map(String);
    } catch {
      return [];
    }
  return said.split(",").map((name) => name.trim());
}
