/** Where a network of pictures looks: on dev pictures on average, and on single ones. */
import { applyPreparation, type Preparation, preparedInputs, rows, type Table, thresholdOf } from "nabla";
import { type AnswerInputs, type ExplainedPicture, explainPicture, meanPicture, type PatchMap } from "nabla/diagnose";
import { writtenValue } from "nabla/reading";
import { imageShapeIn } from "../sources/image-shape.ts";
import { readImages } from "../sources/read-images.ts";

/** A prediction of a picture. */
export interface ExplainedFile extends ExplainedPicture {
  /** The file, or the number of the picture. */
  readonly place: string;
  /** The class, or the number as its column has it. */
  readonly prediction: string | number;
}

/** Where a network looks. */
export interface ExplainedPictures {
  /** Dev pictures that `mean` was measured on. */
  readonly rows: number;
  /** What covering a patch takes from the answer, on average. */
  readonly mean: PatchMap;
  readonly files: readonly ExplainedFile[];
}

/** A network, what it takes, and dev pictures. */
export interface PictureModel {
  readonly answer: AnswerInputs;
  readonly preparation: Preparation;
  readonly outputs: readonly string[];
  readonly table: Table;
}

/** More dev pictures change the mean little, and each asks for some sixty answers. */
const MOST_PICTURES = 64;

/** Explains dev pictures on average, and the first `most` of a folder or file, if there is one. Throws what reading it throws. */
export async function explainPictures(
  { answer, preparation, outputs, table }: PictureModel,
  { data, most }: { readonly data: string | undefined; readonly most: number },
): Promise<ExplainedPictures> {
  const { inputs } = applyPreparation(preparation, table);
  const [cover, threshold] = [meanPicture(inputs), thresholdOf(preparation)];
  const measured = Math.min(MOST_PICTURES, table.rows);
  const maps: ExplainedPicture[] = [];
  for (let row = 0; row < measured; row++)
    maps.push(await explainPicture(answer, { picture: rows(inputs, row, row + 1), cover }, { threshold }));
  const files: ExplainedFile[] = [];
  if (data !== undefined) {
    const image = imageShapeIn(preparation);
    const read = await readImages(data, { ...(image === undefined ? {} : { image }), labeled: false });
    const asked = preparedInputs(preparation, read);
    for (let row = 0; row < Math.min(most, read.rows); row++) {
      const found = await explainPicture(answer, { picture: rows(asked, row, row + 1), cover }, { threshold });
      const { target } = preparation;
      const prediction =
        target.kind === "number" ? writtenValue(found.value, target.reading) : (outputs[found.output] ?? "");
      files.push({ ...found, place: read.labels[row] ?? String(row), prediction });
    }
  }
  return { rows: measured, mean: meanMap(maps), files };
}

function meanMap(maps: readonly PatchMap[]): PatchMap {
  const [first] = maps;
  const mean = (y: number, x: number): number =>
    maps.reduce((sum, { drops }) => sum + (drops[y]?.[x] ?? 0) / maps.length, 0);
  return { side: first?.side ?? 1, drops: (first?.drops ?? []).map((line, y) => line.map((_, x) => mean(y, x))) };
}
