/** The instructions on elements of one size. */
export interface ElementNames {
  readonly type: "f32x4" | "f64x2";
  readonly load: "f32.load" | "f64.load";
  readonly store: "f32.store" | "f64.store";
  readonly loadSplat: "v128.load32_splat" | "v128.load64_splat";
  readonly loadFirst: "v128.load32_zero" | "v128.load64_zero";
  readonly loadLane: "v128.load32_lane" | "v128.load64_lane";
  readonly storeLane: "v128.store32_lane" | "v128.store64_lane";
}

/** Elements of 32 bits. */
export const SINGLES: ElementNames = {
  type: "f32x4",
  load: "f32.load",
  store: "f32.store",
  loadSplat: "v128.load32_splat",
  loadFirst: "v128.load32_zero",
  loadLane: "v128.load32_lane",
  storeLane: "v128.store32_lane",
};

/** Elements of 64 bits. */
export const DOUBLES: ElementNames = {
  type: "f64x2",
  load: "f64.load",
  store: "f64.store",
  loadSplat: "v128.load64_splat",
  loadFirst: "v128.load64_zero",
  loadLane: "v128.load64_lane",
  storeLane: "v128.store64_lane",
};

/** What a function is printed for. */
export interface FunctionOptions {
  /** Whether `multiplyAdd` may be one instruction that rounds once; not by default. */
  readonly fused?: boolean;
  /** Whether elements are float64; not by default. */
  readonly wide?: boolean;
  /** Whether a host may join its vectors, for which it needs pairs of stores of whole ones. Not by default. */
  readonly joinable?: boolean;
}
