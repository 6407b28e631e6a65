import type { Grade } from "../live/wire";
import css from "./Desk.module.css";

// GradeSign is an alert's grade as a shape: an outlined diamond, half filled,
// filled with a ring. The word stands beside it.
export function GradeSign({ grade, size = 22 }: { grade: Grade; size?: number }) {
  const diamond = "M12 4.5 19.5 12 12 19.5 4.5 12z";
  return (
    <svg className={css.sign} data-grade={grade} width={size} height={size} viewBox="0 0 24 24" aria-hidden>
      {grade === "confirmed" && <circle cx="12" cy="12" r="10.7" fill="none" stroke="currentColor" strokeWidth="1.7" />}
      <path d={grade === "confirmed" ? "M12 6 18 12 12 18 6 12z" : diamond} fill={grade === "confirmed" ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.9" strokeLinejoin="round" />
      {grade === "likely" && <path d="M4.5 12h15L12 19.5z" fill="currentColor" />}
    </svg>
  );
}
