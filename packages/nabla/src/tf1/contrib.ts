/** tf.contrib, of which there is what the notes use. */
export * as layers from "./contrib-layers.ts";
