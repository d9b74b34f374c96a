/** The table behind a chart, for who reads it: made when it is opened. */
import { useState } from "preact/hooks";
import { TableFrame } from "./table-frame.tsx";

/** What stands in the table. */
export interface NumbersTableProps {
  /** The title of the chart. */
  readonly title: string;
  /** The columns; the first names the rows. */
  readonly head: readonly string[];
  /** The cells, row by row. */
  readonly rows: () => readonly (readonly string[])[];
}

/** The numbers of a chart. */
export function NumbersTable({ title, head, rows }: NumbersTableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Numbers</summary>
      {open && (
        <TableFrame label={`${title}: numbers`} titles={head}>
          {rows().map(([name, ...cells], i) => (
            <tr key={`${i} ${name}`}>
              <th scope="row">{name}</th>
              {cells.map((cell, k) => (
                <td key={head[k + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </TableFrame>
      )}
    </details>
  );
}
