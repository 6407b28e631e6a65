import css from "./Login.module.css";

// Backdrop is a city that does not exist, drawn like our map: streets of three
// widths, a river and parks. It needs no map and no login.
export function Backdrop() {
  const { blocks, streets, main } = town;
  return (
    <svg className={css.backdrop} viewBox="0 0 1366 900" preserveAspectRatio="xMidYMid slice" aria-hidden>
      <rect width="1366" height="900" fill="var(--map-land)" />
      <path d="M-40 640C200 560 330 690 560 640S900 430 1130 470s180 60 300 40v120c-150 10-220-50-340-40S800 760 580 770 200 690-40 780z" fill="var(--map-water)" />
      {blocks.map((d, i) => (
        <path key={i} d={d} fill="var(--map-green)" />
      ))}
      <g fill="none" strokeLinecap="round">
        <path d={streets} stroke="var(--map-street-edge)" strokeWidth="7" />
        <path d={main} stroke="var(--map-main-edge)" strokeWidth="15" />
        <path d={streets} stroke="var(--map-street)" strokeWidth="5" />
        <path d={main} stroke="var(--map-main)" strokeWidth="12" />
      </g>
    </svg>
  );
}

const town = draw();

// draw lays a bent grid: bending keeps it from looking like graph paper.
function draw(): { blocks: string[]; streets: string; main: string } {
  const at = (x: number, y: number): string => {
    const bend = 30 * Math.sin(x / 260) + 22 * Math.cos(y / 190 + x / 500);
    return `${(x + 0.16 * y + bend * 0.5 - 90).toFixed(0)} ${(y - 0.1 * x + bend + 60).toFixed(0)}`;
  };
  const line = (points: [number, number][]): string => points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${at(x, y)}`).join("");
  const range = (from: number, to: number, step: number) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
  const across = (y: number) => line(range(-100, 1600, 60).map((x) => [x, y]));
  const down = (x: number) => line(range(-100, 1100, 60).map((y) => [x, y]));
  const park = (x: number, y: number, w: number, h: number) => `M${at(x, y)}L${at(x + w, y)}L${at(x + w, y + h)}L${at(x, y + h)}Z`;
  return {
    blocks: [park(180, 120, 270, 96), park(1080, 780, 360, 160), park(990, 120, 90, 192), park(90, 870, 180, 130)],
    streets: [...range(-80, 1072, 96).map(across), ...range(0, 1620, 90).map(down)].join(""),
    main: across(304) + down(630) + line([[-100, 980], [360, 592], [630, 304], [900, 16], [1000, -100]]),
  };
}
