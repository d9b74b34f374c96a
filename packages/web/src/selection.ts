/** The one selection of runs, which the address bar keeps. */
import { parameter, setParameters } from "./address.ts";

/** The ids of the runs that are selected, in the order in which they were. */
export function selection(): readonly string[] {
  return parameter("sel")
    .split(",")
    .filter((id) => id !== "");
}

/** Selects other runs. */
export function select(ids: readonly string[]): void {
  setParameters({ sel: ids.join(",") });
}

/** Selects nothing, and takes back what axes were brushed by. */
export function clearSelection(): void {
  setParameters({ sel: "", brush: "" });
}

/** Takes runs into the selection, or out of it where all of them are in it. */
export function toggle(ids: readonly string[]): void {
  const now = selection();
  const all = ids.every((id) => now.includes(id));
  select(all ? now.filter((id) => !ids.includes(id)) : [...now, ...ids.filter((id) => !now.includes(id))]);
}
