/** Files that hold columns rather than text: what reading one gives, whatever its format. */
import type { Notice } from "nabla";
import type { WrittenColumn } from "nabla/reading";
import type { ColumnCells, UnreadableColumn } from "nabla/tables";

/** Some rows of a file that follow each other, as they are written. */
export interface WrittenChunk {
  readonly columns: readonly WrittenColumn[];
  readonly rows: number;
}

/** A file that is open to be read. */
export interface ColumnsFile {
  readonly unreadable: readonly UnreadableColumn[];
  /** How it was understood, where that is not plain. */
  readonly notices: readonly Notice[];
  /** The rows in order, so many at once. */
  chunks(rows: number): AsyncIterable<WrittenChunk>;
}

/** The rows of columns that are in memory, so many at once. */
export async function* chunksOfColumns(
  columns: readonly ColumnCells[],
  { rows, size }: { readonly rows: number; readonly size: number },
): AsyncGenerator<WrittenChunk, void, undefined> {
  for (let from = 0; from < rows; from += size) {
    const to = Math.min(rows, from + size);
    yield { rows: to - from, columns: columns.map((cells) => cells(from, to)) };
  }
}
