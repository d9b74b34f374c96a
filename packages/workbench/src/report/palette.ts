/** The colors of a report: charts are drawn in the light ones, and the style sheet exchanges them in the dark. */
export const palette = {
  ink: { light: "#1c2128", dark: "#e4e8ee" },
  muted: { light: "#5a6472", dark: "#9da7b5" },
  rule: { light: "#d9dee5", dark: "#353d49" },
  paper: { light: "#ffffff", dark: "#161b22" },
  train: { light: "#2f6fce", dark: "#6ea8ff" },
  dev: { light: "#c4540a", dark: "#ff9d57" },
  good: { light: "#1a7f4b", dark: "#4cc38a" },
  bad: { light: "#bf2c35", dark: "#ff7b80" },
} as const;

/** The name of a color. */
export type Hue = keyof typeof palette;
