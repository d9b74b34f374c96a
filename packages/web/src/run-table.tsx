/** The table of runs, of which only the rows in view are there. */
import type { RunHeading, SeedGroup } from "@nabla/workbench";
import { useLayoutEffect, useRef } from "preact/hooks";
import { followLink, parameter, setParameters } from "./address.ts";
import { runColor } from "./curves-panel.tsx";
import type { RunRows } from "./run-rows.ts";
import { select, selection, toggle } from "./selection.ts";
import { TableFrame } from "./table-frame.tsx";
import { cellText, countText, spreadText } from "./text.ts";

/** Pixels of a row; the style sheet says the same. */
const ROW = 36;

/** Rows that are there above and below those in view. */
const AROUND = 12;

/** Which rows are in view. */
export interface RowWindow {
  readonly first: number;
  readonly last: number;
}

/** What the table shows, and whom it tells what is in view. */
export interface RunTableProps {
  readonly rows: RunRows;
  readonly columns: readonly string[];
  /** Runs whose curves are shown, in the order of their colors. */
  readonly shown: readonly string[];
  readonly window: RowWindow;
  readonly onWindow: (window: RowWindow) => void;
}

/** The table; rows out of view take their height and nothing else. */
export function RunTable({ rows, columns, shown, window: { first, last }, onWindow }: RunTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { count } = rows.places;
  const look = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const top = Math.max(0, Math.floor(element.scrollTop / ROW) - AROUND);
    const bottom = Math.ceil((element.scrollTop + element.clientHeight) / ROW) + AROUND;
    if (top !== first || bottom !== last) onWindow({ first: top, last: bottom });
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const resized = new ResizeObserver(look);
    resized.observe(element);
    return () => resized.disconnect();
  });
  const end = Math.min(last, count);
  const places = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  const numbers = places.flatMap((place) => rows.places.at(place).row ?? []);
  const visible = numbers.flatMap((row) => rows.row(row)?.ids ?? []);
  const chosen = selection();
  const shares = (rows.page?.decides ?? []).flatMap(({ name, isShare }) => (isShare ? [name] : []));
  const width = columns.length + 2;
  const check = (
    <th key="check" class="check">
      <input
        type="checkbox"
        aria-label="Select the runs in view"
        checked={visible.length > 0 && visible.every((id) => chosen.includes(id))}
        onChange={() => toggle(visible)}
      />
    </th>
  );
  return (
    <TableFrame
      label="Runs"
      look="table"
      rows={count + 1}
      frame={scroller}
      onScroll={look}
      titles={[
        { key: "check", cell: check },
        { key: "id", cell: <Heading key="id" name="id" title="Run" /> },
        ...columns.map((name) => ({
          key: name,
          cell: <Heading key={name} name={name} title={name} numeric={isNumeric(name, numbers, rows)} />,
        })),
      ]}
    >
      {first > 0 && <Space rows={first} columns={width} />}
      {places.map((place) => {
        const { heading, row } = rows.places.at(place);
        if (heading !== undefined)
          return <GroupRow key={heading.key} heading={heading} columns={width} place={place} shares={shares} />;
        const group = rows.row(row);
        return group === undefined ? (
          <tr key={place} class="row waiting" aria-rowindex={place + 2}>
            <td colSpan={width} />
          </tr>
        ) : (
          <Row key={group.line.id} {...{ group, columns, shown, place, chosen, shares }} />
        );
      })}
      {end < count && <Space rows={count - end} columns={width} />}
    </TableFrame>
  );
}

/** The heading of a group: how many rows it has and the best of them; it opens and closes them. */
function GroupRow({
  heading: { key, title, rows, isClosed, best },
  columns,
  place,
  shares,
}: {
  readonly heading: RunHeading;
  readonly columns: number;
  readonly place: number;
  readonly shares: readonly string[];
}) {
  const turn = (): void => {
    const others = closedGroups().filter((one) => one !== key);
    setParameters({ closed: (isClosed ? others : [...others, key]).join(",") });
  };
  return (
    <tr class="row group" aria-rowindex={place + 2}>
      <th scope="rowgroup" colSpan={columns}>
        <button type="button" class="plain" aria-expanded={!isClosed} onClick={turn}>
          <span aria-hidden="true">{isClosed ? "▸" : "▾"}</span> {title}
        </button>
        <span class="pill">
          {countText(rows)} {rows === 1 ? "row" : "rows"}
        </span>
        {best !== undefined && (
          <span class="best">
            best {best.column.name} <strong>{cellText(best.column.name, best.value, shares)}</strong>{" "}
            <a href={`/runs/${encodeURIComponent(best.run)}`} onClick={followLink}>
              {best.run}
            </a>
          </span>
        )}
      </th>
    </tr>
  );
}

function closedGroups(): readonly string[] {
  return parameter("closed")
    .split(",")
    .filter((key) => key !== "");
}

/** The room of rows that are not there. */
function Space({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return (
    <tr class="space">
      <td colSpan={columns} style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}

function isNumeric(name: string, numbers: readonly number[], rows: RunRows): boolean {
  return numbers.some((row) => typeof valueIn(rows.row(row), name) === "number");
}

function valueIn(group: SeedGroup | undefined, name: string) {
  if (group === undefined) return undefined;
  const { line } = group;
  if (name === "status") return line.status;
  const own: Readonly<Record<string, string | undefined>> = {
    created: line.created,
    updated: line.updated,
    file: line.file,
    target: line.target,
    task: line.task,
    notes: line.notes,
    parent: line.parent,
  };
  return own[name] ?? line.measures[name] ?? line.settings[name];
}

function Heading({
  name,
  title,
  numeric = false,
}: {
  readonly name: string;
  readonly title: string;
  readonly numeric?: boolean;
}) {
  const sort = parameter("sort") || "-created";
  const order = sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;
  return (
    <th scope="col" class={numeric ? "numeric" : ""} aria-sort={order ?? "none"}>
      <button
        type="button"
        class="plain"
        onClick={() => setParameters({ sort: order === "ascending" ? `-${name}` : name })}
      >
        {title}
        <span aria-hidden="true">{order === "ascending" ? " ↑" : order === "descending" ? " ↓" : ""}</span>
      </button>
    </th>
  );
}

interface RowProps {
  readonly group: SeedGroup;
  readonly columns: readonly string[];
  readonly shown: readonly string[];
  readonly place: number;
  readonly chosen: readonly string[];
  /** Measures that are told in percent. */
  readonly shares: readonly string[];
}

function Row({ group, columns, shown, place, chosen, shares }: RowProps) {
  const { line, ids } = group;
  const color = ids.map((id) => shown.indexOf(id)).find((at) => at >= 0);
  const isChosen = ids.every((id) => chosen.includes(id));
  return (
    <tr class={isChosen ? "row chosen" : "row"} aria-rowindex={place + 2}>
      <td class="check">
        <input
          type="checkbox"
          aria-label={`Select ${line.id}`}
          checked={isChosen}
          onChange={() => toggle(ids)}
          onDblClick={() => select(ids)}
        />
      </td>
      <th scope="row">
        <span class="dot" style={{ background: color === undefined ? "transparent" : `var(--${runColor(color)})` }} />
        <a href={`/runs/${encodeURIComponent(line.id)}`} onClick={followLink}>
          {line.id}
        </a>
        {ids.length > 1 && <span class="pill">{ids.length} seeds</span>}
        {line.tags.map((tag) => (
          <span key={tag} class="pill tag">
            {tag}
          </span>
        ))}
      </th>
      {columns.map((name) => (
        <Cell key={name} name={name} group={group} shares={shares} />
      ))}
    </tr>
  );
}

function Cell({
  name,
  group,
  shares,
}: {
  readonly name: string;
  readonly group: SeedGroup;
  readonly shares: readonly string[];
}) {
  if (name === "status")
    return (
      <td>
        <Status status={group.line.status} />
      </td>
    );
  const spread = group.spread[name];
  const value = valueIn(group, name);
  const text = spread === undefined ? cellText(name, value, shares) : spreadText(name, spread, shares);
  return (
    <td class={typeof value === "number" ? "numeric" : ""} title={text}>
      {text}
    </td>
  );
}

/** A status in a word, with a sign that needs no color. */
export function Status({ status }: { readonly status: string }) {
  const signs: Readonly<Record<string, string>> = {
    running: "●",
    finished: "✓",
    failed: "✕",
    diverged: "✕",
    changed: "✕",
  };
  return (
    <span class={`status ${status}`}>
      <span aria-hidden="true">{signs[status] ?? "■"}</span> {status}
    </span>
  );
}
