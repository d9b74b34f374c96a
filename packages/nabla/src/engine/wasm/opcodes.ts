/**
 * Instructions by their name in the WebAssembly specification, grouped by signature. Numbers from 0x1000 are vector
 * instructions (prefix 0xfd).
 */
const V = 0x1000;

/** How WebAssembly's binary format writes the types of values. */
export const TYPE_CODES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** Opcodes from one int32 to one. */
export const I32_UNARY = { "i32.eqz": 0x45 } as const;

/** Opcodes from two int32 to one. */
export const I32_BINARY = {
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_s": 0x4a,
  "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c,
  "i32.ge_s": 0x4e,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.shl": 0x74,
  "i32.shr_u": 0x76,
} as const;

/** Opcodes from two int64 to one. */
export const I64_BINARY = {
  "i64.add": 0x7c,
  "i64.sub": 0x7d,
  "i64.mul": 0x7e,
  "i64.or": 0x84,
  "i64.shl": 0x86,
  "i64.shr_u": 0x88,
} as const;

/** Opcodes that compare two float32. */
export const F32_COMPARE = { "f32.eq": 0x5b, "f32.ne": 0x5c, "f32.gt": 0x5e } as const;
/** Opcodes that compare two float64. */
export const F64_COMPARE = { "f64.eq": 0x61, "f64.ne": 0x62, "f64.gt": 0x64 } as const;
/** Opcodes from one float64 to one. */
export const F64_UNARY = { "f64.neg": 0x9a } as const;
/** Opcodes from two float64 to one. */
export const F64_BINARY = { "f64.mul": 0xa2 } as const;

/** Conversions between scalars: "result.name_source". */
export const CONVERSIONS = {
  i64_extend: 0xad,
  f64_convert_i64: 0xb9,
  f64_convert_i32: 0xb7,
  i32_trunc_f64: 0xaa,
} as const;

/** Without f64x2.neg, of which V8 13.6 makes something else on 256 bits where its operand is used again. */
export const VECTOR_UNARY = {
  "v128.not": V + 0x4d,
  "f32x4.floor": V + 0x68,
  "f32x4.trunc": V + 0x69,
  "f32x4.nearest": V + 0x6a,
  "f64x2.floor": V + 0x75,
  "f64x2.trunc": V + 0x7a,
  "f64x2.nearest": V + 0x94,
  "f32x4.demote_f64x2_zero": V + 0x5e,
  "f64x2.promote_low_f32x4": V + 0x5f,
  "i32x4.abs": V + 0xa0,
  "i32x4.neg": V + 0xa1,
  "i64x2.extend_low_i32x4_s": V + 0xc7,
  "f32x4.abs": V + 0xe0,
  "f32x4.neg": V + 0xe1,
  "f32x4.sqrt": V + 0xe3,
  "f64x2.abs": V + 0xec,
  "f64x2.sqrt": V + 0xef,
  "i32x4.trunc_sat_f32x4_s": V + 0xf8,
  "f32x4.convert_i32x4_s": V + 0xfa,
  "i32x4.trunc_sat_f64x2_s_zero": V + 0xfc,
  "f64x2.convert_low_i32x4_s": V + 0xfe,
} as const;

/** Opcodes from two vectors to one. */
export const VECTOR_BINARY = {
  "i32x4.eq": V + 0x37,
  "i32x4.ne": V + 0x38,
  "i32x4.lt_s": V + 0x39,
  "i32x4.gt_s": V + 0x3b,
  "i32x4.le_s": V + 0x3d,
  "i32x4.ge_s": V + 0x3f,
  "f32x4.eq": V + 0x41,
  "f32x4.ne": V + 0x42,
  "f32x4.lt": V + 0x43,
  "f32x4.gt": V + 0x44,
  "f32x4.le": V + 0x45,
  "f64x2.eq": V + 0x47,
  "f64x2.ne": V + 0x48,
  "f64x2.lt": V + 0x49,
  "f64x2.gt": V + 0x4a,
  "f64x2.le": V + 0x4b,
  "v128.and": V + 0x4e,
  "v128.andnot": V + 0x4f,
  "v128.or": V + 0x50,
  "v128.xor": V + 0x51,
  "i32x4.add": V + 0xae,
  "i32x4.sub": V + 0xb1,
  "i32x4.mul": V + 0xb5,
  "i32x4.min_s": V + 0xb6,
  "i32x4.max_s": V + 0xb8,
  "i64x2.add": V + 0xce,
  "i64x2.sub": V + 0xd1,
  "i64x2.extmul_low_i32x4_u": V + 0xde,
  "i64x2.extmul_high_i32x4_u": V + 0xdf,
  "f32x4.add": V + 0xe4,
  "f32x4.sub": V + 0xe5,
  "f32x4.mul": V + 0xe6,
  "f32x4.div": V + 0xe7,
  "f32x4.min": V + 0xe8,
  "f32x4.max": V + 0xe9,
  "f32x4.pmin": V + 0xea,
  "f32x4.pmax": V + 0xeb,
  "f64x2.add": V + 0xf0,
  "f64x2.sub": V + 0xf1,
  "f64x2.mul": V + 0xf2,
  "f64x2.div": V + 0xf3,
  "f64x2.min": V + 0xf4,
  "f64x2.max": V + 0xf5,
  "f64x2.pmin": V + 0xf6,
  "f64x2.pmax": V + 0xf7,
} as const;

/** Opcodes that shift every lane of a vector by one int32. */
export const VECTOR_SHIFT = {
  "i32x4.shl": V + 0xab,
  "i32x4.shr_s": V + 0xac,
  "i32x4.shr_u": V + 0xad,
  "i64x2.shl": V + 0xcb,
  "i64x2.shr_s": V + 0xcc,
} as const;

/** Opcodes from three vectors to one. */
export const VECTOR_TERNARY = {
  "v128.bitselect": V + 0x52,
  "f32x4.relaxed_madd": V + 0x105,
  "f64x2.relaxed_madd": V + 0x107,
} as const;
/** Opcodes from a vector to one int32. */
export const VECTOR_TEST = {
  "v128.any_true": V + 0x53,
} as const;

/** Opcodes that read memory. */
export const LOADS = {
  "i32.load": 0x28,
  "f32.load": 0x2a,
  "f64.load": 0x2b,
  "v128.load": V + 0,
  "v128.load32_splat": V + 9,
  "v128.load64_splat": V + 0x0a,
  "v128.load32_zero": V + 0x5c,
  "v128.load64_zero": V + 0x5d,
} as const;

/** Opcodes that write memory. */
export const STORES = { "i32.store": 0x36, "f32.store": 0x38, "f64.store": 0x39, "v128.store": V + 0x0b } as const;

/** Opcodes that read one lane of a vector. */
export const LOAD_LANES = { "v128.load32_lane": V + 0x56, "v128.load64_lane": V + 0x57 } as const;
/** Opcodes that write one lane of a vector. */
export const STORE_LANES = { "v128.store32_lane": V + 0x5a, "v128.store64_lane": V + 0x5b } as const;

/** The opcode of every plain instruction: one without immediates. */
export const OPCODES = {
  ...I32_UNARY,
  ...I32_BINARY,
  ...I64_BINARY,
  ...F32_COMPARE,
  ...F64_COMPARE,
  ...F64_UNARY,
  ...F64_BINARY,
  ...VECTOR_UNARY,
  ...VECTOR_BINARY,
  ...VECTOR_SHIFT,
  ...VECTOR_TERNARY,
  ...VECTOR_TEST,
} as const;
