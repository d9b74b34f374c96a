/** The palette as a style sheet: pages have the colors of reports. */
import { palette, runPalette } from "../../text/palette.ts";

function variables(shade: "light" | "dark"): string {
  return [
    ...Object.entries(palette).map(([name, hue]) => `--${name}:${hue[shade]}`),
    ...runPalette.map((hue, i) => `--run-${i}:${hue[shade]}`),
  ].join(";");
}

/** Custom properties by the names of the palette, `--run-0` and so on for runs, light and dark. */
export const themeSheet = `:root{color-scheme:light dark;${variables("light")}}
@media (prefers-color-scheme:dark){:root{${variables("dark")}}}
`;
