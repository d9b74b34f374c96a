/** Which columns the table has. */
import type { RunPage } from "@nabla/workbench";
import { parameter, setParameters } from "./address.ts";

/** Measures that decide and have columns by themselves. */
const MOST = 3;

/** Without a choice: what decides runs of the view, on dev and on train, between how they are and what they took. */
function standardColumns(page: RunPage | undefined): readonly string[] {
  const names = (page?.decides ?? []).slice(0, MOST).map(({ name }) => name);
  const deciding = (names.length === 0 ? ["dev.error"] : names).flatMap((name) => [
    name,
    name.replace("dev.", "train."),
  ]);
  return ["status", ...deciding, "epochs", "seconds", "created"];
}

const OTHERS = ["status", "created", "updated", "file", "target", "task", "parent", "notes"] as const;

/** The columns that the address names; "differing" stands for the settings that are not all alike. */
export function chosenColumns(page: RunPage | undefined): readonly string[] {
  const named = parameter("cols");
  const list = named === "" ? standardColumns(page) : named.split(",").filter((name) => name !== "");
  return list.flatMap((name) => (name === "differing" ? (page?.differing ?? []) : [name]));
}

/** A menu of columns to be shown or hidden; the choice stands in the address, and without a page there are only those of runs. */
export function ColumnsMenu({ page }: { readonly page: RunPage | undefined }) {
  const named = parameter("cols");
  const standard = standardColumns(page);
  const now: readonly string[] = named === "" ? standard : named.split(",");
  const groups = [
    { title: "Run", names: OTHERS as readonly string[] },
    { title: "Measures", names: page?.measures ?? [] },
    { title: "Settings", names: page?.settings ?? [] },
  ];
  const turn = (name: string, on: boolean): void => {
    const columns = (on ? [...now, name] : now.filter((one) => one !== name)).join(",");
    setParameters({ cols: columns === standard.join(",") ? "" : columns });
  };
  return (
    <details class="menu">
      <summary>Columns</summary>
      <div class="sheet">
        <label class="strong">
          <input
            type="checkbox"
            checked={now.includes("differing")}
            onChange={({ currentTarget }) => turn("differing", currentTarget.checked)}
          />
          Settings that differ
        </label>
        {groups.map(({ title, names }) => (
          <fieldset key={title}>
            <legend>{title}</legend>
            {names.map((name) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={now.includes(name)}
                  onChange={({ currentTarget }) => turn(name, currentTarget.checked)}
                />
                {name}
              </label>
            ))}
          </fieldset>
        ))}
        <button type="button" onClick={() => setParameters({ cols: "" })}>
          Standard columns
        </button>
      </div>
    </details>
  );
}
