/** What became of a case of another project's tests. */
export interface Outcome {
  readonly result: "passed" | "refused" | "wrong";
  /** Why it was refused, or what is wrong. */
  readonly reason?: string;
}
