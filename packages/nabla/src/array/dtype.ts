/** The kinds of numbers. Networks train in float32; float64 serves checks; int32 holds classes and counts. */
export type DType = "float32" | "float64" | "int32" | "bool";
