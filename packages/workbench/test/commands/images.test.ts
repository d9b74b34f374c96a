import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digits as readDigits, writePictures } from "../sources/digit-images.ts";
import { nabla, workFolder } from "./nabla.ts";

const words = (text: string): string => text.replaceAll(/\s+/g, " ");

test("a folder of pictures trains and answers; its size is found, and what is left out and broken is said", async () => {
  const folder = workFolder();
  const pictures = join(folder, "pictures");
  await writePictures(pictures, await readDigits(120));
  await writeFile(join(pictures, "3", "labels.txt"), "3");
  await writeFile(join(pictures, "5", "torn.png"), "PNG");
  const train = ["train", "pictures/", "--epochs", "2", "--augment", "shift,rotate", "--out", "model"];
  const broken = await nabla(train, { folder });
  expect([broken.code, broken.stdout]).toEqual([1, ""]);
  expect(broken.stderr).toContain("the image 5/torn.png cannot be decoded: it is a text file");
  expect(broken.stderr).toContain("--skip-broken");
  const trained = await nabla([...train, "--skip-broken"], { folder });
  expect([trained.code, trained.stdout]).toEqual([0, expect.stringContaining("conv2d")]);
  const notes = trained.stdout.slice(0, trained.stdout.indexOf("Task"));
  expect(Math.max(...notes.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(words(notes)).toContain(
    "3/labels.txt is no image 1 broken image left out: 5/torn.png the images keep their size, 8x8x1",
  );
  expect(trained.stdout).toMatch(/^Data +pictures: 120 images of 8x8x1$/m);
  expect(words(trained.stdout)).toContain("--image 8x8x1 --skip-broken --until-good");
  expect(words(trained.stdout)).toContain("augmentation shift and rotate, batch size 32");
  const refused = await nabla(["predict", "model", "pictures"], { folder });
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  const predicted = await nabla(["predict", "model", "pictures", "--skip-broken"], { folder });
  expect(predicted.stderr).toBe("note: 3/labels.txt is no image\nnote: 1 broken image left out: 5/torn.png\n");
  expect(predicted.stdout).toMatch(/^file,prediction,probability_0/);
  expect(predicted.stdout.split("\n")[1]).toMatch(/^0\/\d{4}\.png,\d,/);
  expect(predicted.stdout.split("\n")).toHaveLength(120 + 2);
  const evaluated = await nabla(["evaluate", "model", "--data", "pictures", "--skip-broken", "--json"], { folder });
  expect([evaluated.stderr, JSON.parse(evaluated.stdout).rows]).toEqual([predicted.stderr, 120]);
  const small = await nabla(["evaluate", "model", "--data", "pictures", "--max-pixels", "63"], { folder });
  expect([small.code, small.stderr]).toEqual([1, expect.stringContaining("and 111 others")]);
  const wrong = await nabla(["train", "pictures", "--image", "big"], { folder });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("28x28x1")]);
});
