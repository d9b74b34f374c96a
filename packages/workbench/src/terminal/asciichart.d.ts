/** asciichart brings no types; this is what we use of it. */
declare module "asciichart" {
  export interface PlotOptions {
    readonly height?: number;
    readonly min?: number;
    readonly max?: number;
    readonly offset?: number;
    readonly padding?: string;
    readonly symbols?: readonly string[];
    readonly format?: (value: number) => string;
  }
  export function plot(series: readonly number[] | readonly (readonly number[])[], options?: PlotOptions): string;
}
