/** A column of a file whose cells are no values: lists, maps, bytes. */
export interface UnreadableColumn {
  readonly name: string;
  /** What it holds: "lists of texts". */
  readonly reason: string;
}
