// The signs of units, drawn by us on one sheet. Colours come in the shader, so
// one sheet serves both themes, all duties and all grades:
// red = the body, green = its rim, blue = its shadow.
import type { Grade, UnitKind } from "../../live/wire";

export const cells = 8; // of the sheet, along each side
export const cellPx = 128;
const bodyPx = 32; // radius of a body within its cell

const kinds: readonly UnitKind[] = ["officer", "tow-truck", "sanitation-truck", "patrol-car", "boat", "dog", "drone", "camera"];
const grades: readonly Grade[] = ["possible", "likely", "confirmed"];
const ringRow = 1;
export const wedgeCell = cells * ringRow;
const teamRow = 2;
const teamCells = cells * (cells - teamRow);

// kindCell is the cell of a kind's body; what we don't know looks like an officer.
export function kindCell(kind: string): number {
  return Math.max(0, kinds.indexOf(kind as UnitKind));
}

// gradeCell is the cell of a grade's ring; 0 is none.
export function gradeCell(grade: Grade | null): number {
  return grade === null ? 0 : cells * ringRow + 1 + grades.indexOf(grade);
}

// teamCell is the cell of a team's number; 0 is none.
export function teamCell(team: number | undefined): number {
  return team === undefined || team < 1 || team > teamCells ? 0 : cells * teamRow + team - 1;
}

// Bodies within a circle of radius 1, y down.
const bodies: Record<UnitKind, (c: CanvasRenderingContext2D) => void> = {
  officer: (c) => c.arc(0, 0, 1, 0, 2 * Math.PI),
  "tow-truck": (c) => c.roundRect(-0.92, -0.92, 1.84, 1.84, 0.42),
  "sanitation-truck": (c) => polygon(c, 6, 1.08, 0.2, Math.PI / 6),
  "patrol-car": (c) => {
    c.moveTo(0, -1.08);
    c.lineTo(0.95, -0.78);
    c.lineTo(0.95, -0.05);
    c.bezierCurveTo(0.95, 0.55, 0.5, 0.95, 0, 1.14);
    c.bezierCurveTo(-0.5, 0.95, -0.95, 0.55, -0.95, -0.05);
    c.lineTo(-0.95, -0.78);
    c.closePath();
  },
  boat: (c) => {
    c.moveTo(0, -1.2);
    c.bezierCurveTo(0.5, -0.65, 0.92, -0.25, 0.92, 0.2);
    c.arc(0, 0.2, 0.92, 0, Math.PI);
    c.bezierCurveTo(-0.92, -0.25, -0.5, -0.65, 0, -1.2);
    c.closePath();
  },
  dog: (c) => {
    c.translate(0, 0.16);
    polygon(c, 3, 1.22, 0.34, -Math.PI / 2);
  },
  drone: (c) => {
    for (let i = 0; i < 10; i++) {
      const r = i % 2 === 0 ? 1.16 : 0.6;
      const a = (i * Math.PI) / 5 - Math.PI / 2;
      c.lineTo(r * Math.cos(a), r * Math.sin(a));
    }
    c.closePath();
  },
  camera: (c) => {
    c.moveTo(0, 0.75);
    c.arc(0, 0.75, 1.75, -Math.PI / 2 - 0.55, -Math.PI / 2 + 0.55);
    c.closePath();
  },
};

// polygon has rounded corners; its sides begin and end in their middles.
function polygon(c: CanvasRenderingContext2D, corners: number, radius: number, rounding: number, turn: number): void {
  const at = (i: number): [number, number] => [radius * Math.cos(turn + (2 * Math.PI * i) / corners), radius * Math.sin(turn + (2 * Math.PI * i) / corners)];
  const [x0, y0] = mid(at(0), at(1));
  c.moveTo(x0, y0);
  for (let i = 1; i <= corners; i++) c.arcTo(...at(i), ...mid(at(i), at(i + 1)), rounding);
  c.closePath();
}

const mid = (a: [number, number], b: [number, number]): [number, number] => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

// drawSheet draws everything but the teams' numbers, which come by drawTeam.
export function drawSheet(): CanvasRenderingContext2D | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = cells * cellPx;
  const c = canvas.getContext("2d", { willReadFrequently: true });
  if (c === null) return null;
  // Colours of one channel each add up where they overlap.
  c.fillStyle = "#000";
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.globalCompositeOperation = "lighter";
  kinds.forEach((kind, i) => within(c, i, () => body(c, kind)));
  within(c, wedgeCell, () => wedge(c));
  grades.forEach((grade, i) => within(c, wedgeCell + 1 + i, () => ring(c, grade)));
  return c;
}

export function drawTeam(c: CanvasRenderingContext2D, team: number): void {
  const cell = teamCell(team);
  if (cell === 0) return;
  within(c, cell, () => {
    const text = String(team);
    c.font = `700 ${text.length > 1 ? 34 : 40}px "Inter Variable", system-ui, sans-serif`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillStyle = "#f00";
    c.fillText(text, 0, 2);
  });
}

function within(c: CanvasRenderingContext2D, cell: number, draw: () => void): void {
  c.save();
  c.translate(((cell % cells) + 0.5) * cellPx, (Math.floor(cell / cells) + 0.5) * cellPx);
  draw();
  c.restore();
}

function body(c: CanvasRenderingContext2D, kind: UnitKind): void {
  const path = () => {
    c.save();
    c.scale(bodyPx, bodyPx);
    c.beginPath();
    bodies[kind](c);
    c.restore();
  };
  // Shadow: the canvas blurs what is drawn far outside of the cell.
  c.save();
  c.shadowColor = "#00f";
  c.shadowBlur = 14;
  c.shadowOffsetX = 10_000;
  c.shadowOffsetY = 3;
  c.translate(-10_000, 0);
  path();
  c.fillStyle = "#00f";
  c.fill();
  c.restore();
  c.lineJoin = "round";
  c.lineWidth = 11;
  c.strokeStyle = "#0f0";
  path();
  c.stroke();
  c.fillStyle = "#f00";
  path();
  c.fill();
}

// The wedge points up, where a heading of 0 is.
function wedge(c: CanvasRenderingContext2D): void {
  c.beginPath();
  c.moveTo(0, -59);
  c.lineTo(19, -37);
  c.quadraticCurveTo(0, -46, -19, -37);
  c.closePath();
  c.lineJoin = "round";
  c.lineWidth = 7;
  c.strokeStyle = "#0f0";
  c.stroke();
  c.fillStyle = "#f00";
  c.fill();
}

// possible is a broken outline, likely half a band, confirmed a whole one.
function ring(c: CanvasRenderingContext2D, grade: Grade): void {
  const arc = (width: number, color: string, from = 0, to = 2 * Math.PI, dash: number[] = []) => {
    c.beginPath();
    c.setLineDash(dash);
    c.arc(0, 0, 46, from, to);
    c.lineWidth = width;
    c.strokeStyle = color;
    c.stroke();
  };
  if (grade === "possible") arc(5, "#f00", 0, 2 * Math.PI, [14.45, 9.63]);
  if (grade === "likely") {
    arc(4, "#f00");
    arc(11, "#f00", 0, Math.PI);
  }
  if (grade === "confirmed") {
    arc(12, "#f00");
    arc(30, "#005");
  }
}
