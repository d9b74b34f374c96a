/** The frame of tables: it scrolls by itself, by keyboard too, and says what it holds. */
import type { ComponentChildren, Ref } from "preact";

/** A title of a column, or the cell that heads it. */
export type ColumnTitle = string | { readonly key: string; readonly cell: ComponentChildren };

/** What stands in a frame. */
export interface TableFrameProps {
  /** What the table is, for those who cannot see it. */
  readonly label: string;
  readonly titles: readonly ColumnTitle[];
  /** The rows. */
  readonly children: ComponentChildren;
  /** Classes of the frame; "wide" by default, which is as high as its rows. */
  readonly look?: string;
  /** Columns of numbers, by their titles; none by default. */
  readonly numeric?: readonly string[];
  /** Rows with the heading, where only some of them are there; by default all are. */
  readonly rows?: number;
  /** The element that scrolls. */
  readonly frame?: Ref<HTMLDivElement>;
  /** Called when it is scrolled; nothing happens by default. */
  readonly onScroll?: () => void;
}

/** A table in a frame. */
export function TableFrame(props: TableFrameProps) {
  const { label, titles, children, look = "wide", numeric = [], rows, frame, onScroll } = props;
  return (
    <div
      class={look}
      tabIndex={0}
      role="region"
      aria-label={label}
      {...(frame === undefined ? {} : { ref: frame })}
      {...(onScroll === undefined ? {} : { onScroll })}
    >
      <table {...(rows === undefined ? {} : { "aria-rowcount": rows })}>
        <thead>
          <tr>
            {titles.map((title) =>
              typeof title === "string" ? (
                <th key={title} scope="col" class={numeric.includes(title) ? "numeric" : ""}>
                  {title}
                </th>
              ) : (
                title.cell
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Heads the column of boxes that are ticked; what they are for is only said. */
export function tickedTitle(text: string): ColumnTitle {
  const cell = (
    <th key="check" class="check">
      <span class="hidden">{text}</span>
    </th>
  );
  return { key: "check", cell };
}
