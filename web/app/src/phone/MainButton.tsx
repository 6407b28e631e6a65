import type { ReactNode } from "react";
import css from "./Phone.module.css";

// The MainButton is the one thing to do, under the thumb. When it can't be
// pressed it says why, in its place.
export function MainButton({ icon, why, onPress, children }: { icon?: ReactNode; why?: string | null; onPress: () => void; children: ReactNode }) {
  if (why !== undefined && why !== null) return <p className={css.why} role="status">{why}</p>;
  return (
    <button type="button" className={css.mainButton} onClick={onPress}>
      {icon}
      <span>{children}</span>
    </button>
  );
}

export function Foot({ children }: { children: ReactNode }) {
  return <div className={css.foot}>{children}</div>;
}
