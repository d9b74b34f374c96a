import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Compression } from "../../src/sources/content-kind.ts";
import { decompress } from "../../src/sources/decompress.ts";
import { rejected } from "./files.ts";
import { allOf, chunked } from "./open-data.ts";

const text = `id,sepal,class\n${Array.from({ length: 40 }, (_, i) => `${i},${i / 8},${"abc"[i % 3]}\n`).join("")}`;
const head = text.slice(0, text.indexOf("\n") + 1);

/** What `bzip2 -9` makes of the text, of its first line, of 600 letters, and of nothing. */
const bzip2 = {
  text: "QlpoOTFBWSZTWZW5GAUAAMdZgAAQAAV/4D4kSAAwAPrYiEgN/qqGgARU/1Sf/qqm0mAAEo9VT/SkBtQGnGjz6VVUVVVRVVVVV59Ovbv43155AAAAAYzGdJiK0iYitJd83LWtR9SCQUEgkG/65xVUACV8osDMzAIVM0qiqJyo5bbbAQDai6zMwCSS80llrTVlqi0q1ZeY5lEkmry7VRVczJKJJOZVcbtUVx+6fOvF70XckU4UJCVuRgFA",
  head: "QlpoOTFBWSZTWRc1fLwAAARRgAAQAAQuJEgAIAAiAZMhADBouwweT074u5IpwoSAuavl4A==",
  run: "QlpoOTFBWSZTWetqKmUAAAMDAIEAIAAACCAAMMwFU2piUPF3JFOFCQ62oqZQ",
  nothing: "QlpoORdyRThQkAAAAAA=",
};
const packed = (name: keyof typeof bzip2): Buffer => Buffer.from(bzip2[name], "base64");

const [gzip, zstd] = [gzipSync(text), zstdCompressSync(text)];
const whole: Readonly<Record<Compression, Buffer>> = { gzip, zstd, bzip2: packed("text") };
const kinds: readonly Compression[] = ["gzip", "zstd", "bzip2"];

async function unpacked(bytes: Uint8Array, kind: Compression, chunk = 1 << 16): Promise<string> {
  const source = decompress(chunked(bytes, chunk), kind, { name: "a.csv", size: bytes.length });
  return (await allOf(source)).toString();
}

test("each kind is unpacked, whatever the chunks that its bytes come in", async () => {
  for (const kind of kinds)
    for (const chunk of [1, 7, 64, 1 << 16]) expect(await unpacked(whole[kind], kind, chunk)).toBe(text);
  expect(await unpacked(packed("run"), "bzip2")).toBe("a".repeat(600));
  expect(await unpacked(packed("nothing"), "bzip2")).toBe("");
});

test("several members follow each other, and all of them are read", async () => {
  const small = { gzip: gzipSync(head), zstd: zstdCompressSync(head), bzip2: packed("head") };
  for (const kind of kinds)
    for (const chunk of [1, 50, 1 << 16]) {
      const members = Buffer.concat([whole[kind], small[kind], whole[kind]]);
      expect(await unpacked(members, kind, chunk)).toBe(text + head + text);
    }
});

test("frames of Zstandard that are to be skipped are skipped", async () => {
  const skip = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from("abc")]);
  const frames = Buffer.concat([skip, zstd, skip, skip, zstd]);
  for (const chunk of [1, 9, 1 << 16]) expect(await unpacked(frames, "zstd", chunk)).toBe(text + text);
});

test("frames of Zstandard may need a window of 2 GiB", async () => {
  const block = Buffer.from(head);
  const sizes = [(block.length << 3) | 1, 0, 0];
  const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, ...sizes]), block]);
  expect(await unpacked(frame, "zstd")).toBe(head);
});

test("zeros after the end are what tapes are filled up with, and anything else is named", async () => {
  for (const kind of kinds)
    for (const chunk of [5, 1 << 16]) {
      const zeros = Buffer.concat([whole[kind], Buffer.alloc(700)]);
      expect(await unpacked(zeros, kind, chunk)).toBe(text);
      for (const tail of [Buffer.from("<html>"), Buffer.from("\0\0\0\0\0\0\0\0 and more")]) {
        const error = await rejected(unpacked(Buffer.concat([whole[kind], tail]), kind, chunk));
        expect(error).toMatchObject({ code: "data/damaged", message: expect.stringMatching(/^a\.csv: .* follow/) });
      }
    }
});

test("what ends early is said to, at every length", async () => {
  for (const kind of kinds)
    for (let length = 1; length < whole[kind].length; length++) {
      const error = await rejected(unpacked(whole[kind].subarray(0, length), kind, 64));
      expect(error.code).toBe("data/damaged");
      expect(error.message).toMatch(/^a\.csv: the (gzip|Zstandard|bzip2) file ends early; it was cut off$/);
    }
});

test("a second member that is cut off is one too", async () => {
  for (const kind of kinds) {
    const error = await rejected(unpacked(Buffer.concat([whole[kind], whole[kind].subarray(0, 30)]), kind));
    expect(error.message).toContain("ends early");
  }
});

test("checksums are compared", async () => {
  const wrong = Buffer.from(gzip);
  wrong[gzip.length - 6] = (wrong[gzip.length - 6] ?? 0) ^ 1;
  expect((await rejected(unpacked(wrong, "gzip"))).message).toBe(
    "a.csv: the gzip file is damaged: incorrect data check",
  );
  const other = packed("text");
  other[12] = (other[12] ?? 0) ^ 1;
  expect((await rejected(unpacked(other, "bzip2"))).message).toBe(
    "a.csv: the bzip2 file is damaged: the checksum of a block does not fit",
  );
});

test("what grows beyond the limit is stopped there, and the option that allows more is named", async () => {
  const zeros = Buffer.alloc(3_000_000);
  for (const [kind, bomb] of [
    ["gzip", gzipSync(zeros)],
    ["zstd", zstdCompressSync(zeros)],
  ] as const) {
    const source = (times: number, bytes: number) =>
      allOf(decompress(chunked(bomb, 512), kind, { name: "a.gz", size: bomb.length, limit: { times, bytes } }));
    const error = await rejected(source(10, 1000));
    expect(error).toMatchObject({ code: "data/expansion", hint: expect.stringContaining("--max-expansion 100 ") });
    expect(error.message).toMatch(/^a\.gz has .* bytes, and unpacks to more than .*: over 10 times as many$/);
    expect(await source(10, 3_000_000)).toHaveLength(3_000_000);
    expect(await source(100_000, 0)).toHaveLength(3_000_000);
  }
});

test("a reader that stops early closes what it reads from", async () => {
  for (const kind of kinds) {
    let open = true;
    const source = async function* () {
      try {
        for (;;) yield* chunked(whole[kind], 16);
      } finally {
        open = false;
      }
    };
    for await (const chunk of decompress(source(), kind, { name: "a", size: 1e9 })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(open).toBe(false);
  }
});

test("an error of the source is the error", async () => {
  for (const kind of kinds) {
    const source = async function* () {
      yield whole[kind].subarray(0, 20);
      throw new Error("the disk failed");
    };
    await expect(allOf(decompress(source(), kind, { name: "a", size: 100 }))).rejects.toThrow("the disk failed");
  }
});
