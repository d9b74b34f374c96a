/** The pictures that a model gets most wrong, as they were read, with their files. */
import { type NumberColumn, rows } from "nabla";
import { worstRows } from "nabla/diagnose";
import type { Answers, ClassAnswers } from "../runs/dev-answers.ts";
import { pngAddress } from "../sources/png.ts";
import { percent } from "../text/format.ts";
import { html, type Markup } from "./markup.ts";
import { paragraph, section } from "./pieces.ts";

/** Pictures that are shown, and the pixels that their longer side takes on the page. */
const [SHOWN, SIDE] = [24, 112];

/** The pictures with the largest losses; undefined for rows that are no pictures. */
export async function picturesOf(answers: Answers, file: string): Promise<Markup | undefined> {
  const [column] = answers.table.columns;
  if (answers.kind !== "classes" || column?.kind !== "number" || column.values.shape.length !== 4) return undefined;
  const places = worstRows(answers.losses, SHOWN);
  const shown = await Promise.all(places.map((row) => pictureOf(answers, column, row)));
  return section(
    "Pictures to look at",
    paragraph(
      "The dev pictures with the largest losses, as the network sees them. Look for wrong labels, damaged files and kinds of pictures that are rare in training. ",
      html`<code>${file}</code> names more of them.`,
    ),
    html`<div class="pictures">${shown}</div>`,
  );
}

async function pictureOf(answers: ClassAnswers, { values }: NumberColumn, row: number): Promise<Markup> {
  const { classes, predicted, confidence, targets, names } = answers;
  const [, height = 1, width = 1] = values.shape;
  const scale = SIDE / Math.max(height, width);
  const right = classes[targets[row] ?? -1] ?? "";
  const answer = classes[predicted[row] ?? -1] ?? "";
  const name = names?.[row] ?? `row ${row + 1}`;
  const sides = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const sure = percent(confidence[row] ?? Number.NaN);
  const said = answer === right ? `${right}, at ${sure}` : `${right}, taken for ${answer} at ${sure}`;
  return html`<figure><img src="${await pngAddress(rows(values, row, row + 1))}" width="${sides.width}" height="${sides.height}" alt="${name}: ${said}"><figcaption>${said}<br><code>${name}</code></figcaption></figure>`;
}
