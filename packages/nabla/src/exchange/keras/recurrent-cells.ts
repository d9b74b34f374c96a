/** How Keras has the gates of recurrent cells. */

/** Gate i of ours stands there at `order[i]`; `apart`: whether the bias of the state stands beside that of the input. */
export const KERAS_CELLS = {
  gru: { className: "GRU", order: [1, 0, 2], apart: true },
  lstm: { className: "LSTM", order: [0, 1, 2, 3], apart: false },
} as const;
