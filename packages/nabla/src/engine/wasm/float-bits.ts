/** The bits of a number as float32. Arithmetic is quicker here than two typed arrays for every constant. */
export function floatBits(value: number): number {
  const size = Math.abs(Math.fround(value));
  const sign = value < 0 || Object.is(value, -0) ? 0x80000000 : 0;
  if (Number.isNaN(size)) return 0x7fc00000;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7f800000 | 0;
  if (size < 2 ** -126) return sign | (size * 2 ** 149);
  let exponent = Math.floor(Math.log2(size));
  if (size < 2 ** exponent) exponent--;
  if (size >= 2 ** (exponent + 1)) exponent++;
  return sign | ((exponent + 127) << 23) | ((size / 2 ** exponent - 1) * 2 ** 23);
}
