import { crc32, deflateRawSync } from "node:zlib";

/** A file to put into an archive. */
interface ZipMember {
  readonly content: string | Uint8Array;
  /** Default 8, deflate; 0 stores. */
  readonly method?: number;
  readonly encrypted?: boolean;
  /** What the archive says of its size; default the truth. */
  readonly size?: number;
}

/**
 * The bytes of a zip archive (APPNOTE 6.3.9), written here so that each field can be a wrong one. `wide` writes sizes and
 * places in 64 bits, or "beside" only a table of contents of 64 bits beside the short one.
 */
export function zipOf(
  members: Readonly<Record<string, string | Uint8Array | ZipMember>>,
  { wide: width = false }: { readonly wide?: boolean | "beside" } = {},
): Uint8Array {
  const wide = width === true;
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const write = (...bytes: readonly Uint8Array[]): void => {
    for (const piece of bytes) {
      pieces.push(piece);
      at += piece.length;
    }
  };
  for (const [name, given] of Object.entries(members)) {
    const member: ZipMember = typeof given === "string" || given instanceof Uint8Array ? { content: given } : given;
    const { method = 8, encrypted = false } = member;
    const content = Buffer.from(member.content as string);
    const packed = method === 8 ? deflateRawSync(content) : content;
    const size = member.size ?? content.length;
    const label = Buffer.from(name);
    const common = bytesOf(
      [2, wide ? 45 : 20],
      [2, (encrypted ? 1 : 0) | 0x800],
      [2, method],
      [4, 0],
      [4, crc32(content)],
      [4, wide ? 0xffffffff : packed.length],
      [4, wide ? 0xffffffff : size],
      [2, label.length],
    );
    const extra = wide ? bytesOf([2, 1], [2, 24], [8, size], [8, packed.length], [8, at]) : bytesOf();
    directory.push(
      bytesOf([4, 0x02014b50], [2, 45]),
      common,
      bytesOf([2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, wide ? 0xffffffff : at]),
      label,
      extra,
    );
    write(bytesOf([4, 0x04034b50]), common, bytesOf([2, extra.length]), label, extra, packed);
  }
  const start = at;
  write(...directory);
  const [many, length] = [Object.keys(members).length, at - start];
  if (width !== false) {
    const end = at;
    write(
      bytesOf(
        [4, 0x06064b50],
        [8, 44],
        [2, 45],
        [2, 45],
        [4, 0],
        [4, 0],
        [8, many],
        [8, many],
        [8, length],
        [8, start],
      ),
    );
    write(bytesOf([4, 0x07064b50], [4, 0], [8, end], [4, 1]));
  }
  const count = wide ? 0xffff : many;
  const [shortLength, shortStart] = wide ? [0xffffffff, 0xffffffff] : [length, start];
  write(bytesOf([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, shortLength], [4, shortStart], [2, 0]));
  return Buffer.concat(pieces);
}

/** Whole numbers of so many bytes each, the low byte first. */
function bytesOf(...fields: readonly (readonly [bytes: number, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const buffer = Buffer.alloc(bytes);
      if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
      else buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
}
