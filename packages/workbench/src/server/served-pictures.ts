/** A model of images behind HTTP: pictures as they are, or in JSON, become what a folder of them would. */
import { count, NablaError, type NdArray, ndarray, numberColumn, preparedInputs, table, wantedColumns } from "nabla";
import { inputsAnswerer } from "nabla/answers";
import { isRecord } from "nabla/fields";
import { decodePicture } from "../sources/image-decoder.ts";
import { imageShapeIn, mostPixels } from "../sources/image-shape.ts";
import { inParallel } from "../sources/parallel.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { jointAnswers } from "./joint-answers.ts";
import { openApi } from "./open-api.ts";
import { picturePage } from "./picture-page.ts";
import { bytesIn, jsonOf } from "./request-body.ts";
import type { Served } from "./served.ts";

/** Whether a model takes blocks of numbers, such as images, and no rows, of which series make theirs. */
export function takesBlocks({ preparation: { columns, series } }: Pick<TrainedModel, "preparation">): boolean {
  return series === undefined && columns.some(({ kind }) => kind === "block");
}

/** A model of images, which answers one or a list of them. Throws `predict/shape` for a model of other blocks. */
export async function servedPictures(model: TrainedModel): Promise<Served> {
  const { preparation } = model;
  const image = imageShapeIn(preparation);
  const [column] = preparation.columns;
  if (image === undefined || column === undefined) {
    const message = `the model takes blocks of numbers (${column?.name}), which are neither rows nor images`;
    throw new NablaError("predict/shape", message, "ask it with arrays: predict(trained, inputs)");
  }
  const answerer = await inputsAnswerer(model);
  const answer = jointAnswers({ answer: answerer });
  const length = image.reduce((product, side) => product * side);
  const inputsOf = async ({ pictures, single }: Pictures): Promise<NdArray> => {
    const pixels = new Float32Array(pictures.length * length);
    await inParallel(pictures, async (picture, i) => {
      try {
        pixels.set(await decodePicture(picture, { shape: image, maxPixels: mostPixels }), i * length);
      } catch (error) {
        throw error instanceof NablaError && !single ? error.withContext(`picture ${i}`) : error;
      }
    });
    const values = ndarray(pixels, [pictures.length, ...image]);
    return preparedInputs(preparation, table([numberColumn(column.name, values)]));
  };
  const { name: target } = preparation.target;
  return {
    target,
    description: (version) => openApi({ columns: wantedColumns(preparation), preparation, image }, version),
    page: picturePage(target),
    body: async (request) => picturesIn(await bytesIn(request), request.headers["content-type"] ?? ""),
    answer: async (body, options) => {
      const asked = body as Pictures;
      const rows = asked.pictures.length;
      const answers = rows === 0 ? [] : await answer(await inputsOf(asked), options);
      return { data: asked.single ? answers[0] : answers, rows };
    },
    checkInterval: async (interval) => void (await answerer(ndarray([], [0, ...image]), { interval })),
  };
}

/** The most pictures of one request. */
const MOST_PICTURES = 256;

interface Pictures {
  readonly pictures: readonly Buffer[];
  /** Whether it is one that is asked for, and not a list. */
  readonly single: boolean;
}

/** A body of JSON, whatever it says that it is, begins with a brace or a bracket, which no image does. */
function picturesIn(bytes: Buffer, type: string): Pictures {
  const isJson = /json/i.test(type) || /^\s*[[{]/.test(bytes.subarray(0, 64).toString("latin1"));
  if (!isJson) return { pictures: [bytes], single: true };
  const asked = jsonOf(bytes, 'send the bytes of a picture, or {"image": "<base64>"}, or a list of such');
  if (!Array.isArray(asked)) return { pictures: [pictureIn(asked)], single: true };
  if (asked.length > MOST_PICTURES) {
    const message = `the request has ${count(asked.length, "picture")}, and ${MOST_PICTURES} are the most`;
    throw new NablaError("serve/large", message, "send them in several requests");
  }
  return { pictures: asked.map((one, i) => pictureIn(one, i)), single: false };
}

function pictureIn(value: unknown, index?: number): Buffer {
  const text = isRecord(value) ? value.image : value;
  const encoded = typeof text === "string" ? text.replace(/^data:[^,]*;base64,/, "").replaceAll(/\s/g, "") : "";
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return Buffer.from(encoded, "base64");
  const where = index === undefined ? "" : `picture ${index}: `;
  const message = `${where}expected an image in base64, as {"image": "iVBORw0…"}`;
  throw new NablaError(
    "predict/row",
    message,
    "or send the bytes of one picture as they are, with content-type image/png",
  );
}
