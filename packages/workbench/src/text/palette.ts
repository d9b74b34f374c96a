/** The colors of reports and pages: charts of reports are drawn in the light ones, and the style sheet exchanges them in the dark. */
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

/**
 * Colors of runs beside each other: those of Okabe and Ito (Color Universal Design, 2008), which people with any color vision
 * tell apart, made dark enough for white paper and light enough for black.
 */
export const runPalette = [
  { light: "#0072b2", dark: "#5bb5ea" },
  { light: "#c84e00", dark: "#ff8d4f" },
  { light: "#00785a", dark: "#2fc79b" },
  { light: "#a94c86", dark: "#e69cc9" },
  { light: "#946000", dark: "#efb53a" },
  { light: "#2b7fae", dark: "#a3d8f7" },
  { light: "#57606a", dark: "#c6ccd4" },
  { light: "#74690a", dark: "#eee25a" },
] as const;

/** The name of a color. */
export type Hue = keyof typeof palette;
