/** The model that a training begins from: its network, its weights, and how data become its inputs. */
import { resolve } from "node:path";
import { type ColumnPreparation, listing, NablaError, type Preparation, soleMember, wantedColumns } from "nabla";
import type { ImageShape } from "nabla/images";
import { imageShapeIn } from "../sources/image-shape.ts";
import type { ReadOptions } from "../sources/profile.ts";
import { loadTrained, type TrainedModel } from "../store/trained-model.ts";
import { byChannel, isPlain, type PixelScale, pixelScales } from "./pixels.ts";

/** A model that a training begins from. */
export interface Origin {
  /** The folder or file of the model, absolute. */
  readonly path: string;
  readonly sha256: string;
  readonly model: Pick<TrainedModel, "trained" | "preparation" | "unnamed">;
  /** Whether nobody says how it takes pixels, so that the usual way is assumed. */
  readonly assumesPixels: boolean;
}

/** What of an experiment says where it begins. */
export interface OriginOptions {
  /** The folder or file of the model; none by default. */
  readonly from?: string;
  /** The hash that it must have; by default it may have any. */
  readonly fromSha256?: string;
  /** How it takes pixels; by default as it says itself. */
  readonly pixels?: keyof typeof pixelScales;
}

/**
 * The model that `from` names; undefined where nothing does. Of several members it is the first. Throws `model/…`,
 * `from/changed` for one with another hash than `fromSha256`, `from/series` and `from/shape` for those that no data of a
 * training fit.
 */
export async function originOf({ from, fromSha256, pixels }: OriginOptions): Promise<Origin | undefined> {
  if (from === undefined) {
    if (pixels === undefined) return undefined;
    const message = "--pixels says how the model of --from takes pixels, and there is no --from";
    throw new NablaError("experiment/both", message, "leave --pixels out: new networks take them standardized");
  }
  const path = resolve(from);
  const { sha256, ...model } = await loadTrained(path);
  if (fromSha256 !== undefined && fromSha256 !== sha256) {
    const [was, is] = [fromSha256, sha256].map((hash) => `${hash.slice(0, 12)}…`);
    const message = `the model ${from} to begin from is another one now: its SHA-256 was ${was}, it is ${is}`;
    throw new NablaError("from/changed", message, "restore it, or train again");
  }
  if (model.preparation.series !== undefined) {
    const message = `${from} forecasts series, whose inputs belong to their own past`;
    throw new NablaError("from/series", message, "begin from a model of tables or images");
  }
  const origin = { path, sha256, model: { ...model, trained: soleMember(model.trained) }, assumesPixels: false };
  checkShape(origin);
  const [column] = model.preparation.columns;
  const isOpen = model.unnamed === true && column !== undefined && isPlain(column);
  if (pixels === undefined && !isOpen) return origin;
  return { ...withPixels(origin, pixels ?? "unit"), assumesPixels: pixels === undefined };
}

/** How columns and images are read for the model. Throws `from/inputs` for data of the other sort, `from/image` for another size. */
export function readingFor(
  { path, model: { preparation, unnamed } }: Origin,
  { images, image: asked }: { readonly images: boolean; readonly image: ImageShape | undefined },
): Pick<ReadOptions, "wanted"> & { readonly image?: ImageShape } {
  const image = imageShapeIn(preparation);
  if ((image !== undefined) !== images) {
    const [takes, has] = [image === undefined ? "rows of a table" : "images", images ? "images" : "a table"];
    throw new NablaError("from/inputs", `the model ${path} takes ${takes}, and the data are ${has}`);
  }
  if (image === undefined) return { wanted: unnamed === true ? "all" : wantedColumns(preparation) };
  if (asked === undefined || String(asked) === String(image)) return { image };
  const message = `the model ${path} takes images of ${image.join("x")}, and --image says ${asked.join("x")}`;
  throw new NablaError("from/image", message, "leave --image out: pictures are scaled to what the model takes");
}

/**
 * The columns of the model's preparation under the names that a table has: those of a model without names by their
 * places. Throws `from/columns` for another number of them, or for one that holds no numbers.
 */
export function columnsFor(
  { path, model: { preparation, unnamed } }: Origin,
  columns: readonly { readonly name: string; readonly kind: string }[],
): readonly ColumnPreparation[] {
  const own = preparation.columns;
  if (unnamed !== true || imageShapeIn(preparation) !== undefined) return own;
  const words = columns.filter(({ kind }) => kind !== "number").map(({ name }) => name);
  if (words.length > 0 || columns.length !== own.length) {
    const found =
      words.length > 0
        ? `${listing(words.slice(0, 3))} of the table hold words`
        : `the table has ${columns.length} beside the target`;
    const message = `the model ${path} takes ${own.length} columns of numbers by their places, and ${found}`;
    throw new NablaError("from/columns", message, "leave out the others with --ignore");
  }
  return own.map((column, i) => ({ ...column, name: columns[i]?.name ?? column.name }));
}

function checkShape({ path, model: { preparation, trained } }: Origin): void {
  const shape: unknown = trained.shape;
  const image = imageShapeIn(preparation);
  const isImage = image !== undefined && image.length === 3 && (image[2] === 1 || image[2] === 3);
  if (Array.isArray(shape) && (shape.length === 1 || isImage)) return;
  const shown = Array.isArray(shape) ? `of the shape ${shape.join("x")}` : "under several names";
  const message = `the model ${path} takes inputs ${shown}, and data are rows of a table or images of 1 or 3 channels`;
  throw new NablaError("from/shape", message);
}

function withPixels(origin: Origin, pixels: NonNullable<OriginOptions["pixels"]>): Origin {
  const { path, model } = origin;
  const { preparation } = model;
  const [column] = preparation.columns;
  if (column?.kind !== "block" || !isPlain(column)) {
    const found = column?.kind === "block" ? "says itself how it takes pixels" : "takes no images";
    throw new NablaError("experiment/both", `the model ${path} ${found}`, "leave --pixels out");
  }
  const { center, spread, channels }: PixelScale = pixelScales[pixels];
  const scaled: Preparation = { ...preparation, columns: [{ ...column, center, spread }] };
  const trained = channels === undefined ? model.trained : byChannel(model.trained, channels);
  return { ...origin, model: { ...model, trained, preparation: scaled } };
}
