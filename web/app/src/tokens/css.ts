import { colors, mapColors, radius, shadow, space, type, type Theme } from "./tokens";

// tokensCss writes the table as a style sheet: both themes as CSS variables. A
// page without data-theme follows the system.
export function tokensCss(): string {
  const theme = (t: Theme): string =>
    [
      `color-scheme: ${t};`,
      ...Object.entries(colors).map(([name, row]) => `--${name}: ${row[t]};`),
      ...Object.entries(mapColors).map(([name, row]) => `--map-${name}: ${row[t]};`),
      `--shadow: ${shadow[t]};`,
    ].join("\n  ");
  const fixed = [
    ...space.map((px, i) => `--s${i + 1}: ${px}px;`),
    ...type.map((px, i) => `--t${i + 1}: ${px / 16}rem;`),
    `--radius: ${radius.control}px;`,
    `--radius-panel: ${radius.panel}px;`,
    `--quick: 120ms;`,
    `--calm: 200ms;`,
  ].join("\n  ");
  return `:root {
  ${fixed}
}
:root, :root[data-theme="light"], [data-theme="light"] {
  ${theme("light")}
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme]) {
  ${theme("dark")}
  }
}
:root[data-theme="dark"], [data-theme="dark"] {
  ${theme("dark")}
}
@media (prefers-reduced-motion: reduce) {
  :root { --quick: 0ms; --calm: 0ms; }
}
`;
}
