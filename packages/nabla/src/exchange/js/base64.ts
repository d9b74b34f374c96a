const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BYTES_A_LINE = 90;

/** Bytes as base64 (RFC 4648, section 4) in lines of 120 signs. */
export function base64Lines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += BYTES_A_LINE)
    lines.push(base64(bytes.subarray(from, from + BYTES_A_LINE)));
  return lines;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const left = bytes.length - at;
    text += SIGNS.charAt(bits >> 18) + SIGNS.charAt((bits >> 12) & 63);
    text += (left > 1 ? SIGNS.charAt((bits >> 6) & 63) : "=") + (left > 2 ? SIGNS.charAt(bits & 63) : "=");
  }
  return text;
}
