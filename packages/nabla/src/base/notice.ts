/** Something worth knowing that stops nothing: a stable `code` for programs, a sentence for people. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}
