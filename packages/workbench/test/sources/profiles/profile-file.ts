/** A realistic file whose profile a person has read. */
export interface ProfileFile {
  /** The file's name, by which its format is known. */
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly target?: string;
}
