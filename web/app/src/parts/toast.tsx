import { CircleCheck, Info } from "lucide-react";
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import css from "./parts.module.css";

interface Toast {
  id: number;
  text: string;
  tone: "good" | "plain";
}

type Say = (text: string, tone?: Toast["tone"]) => void;

const Context = createContext<Say>(() => undefined);

// useSay shows a line at the foot of the page for a few seconds.
export function useSay(): Say {
  return useContext(Context);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(1);
  const say = useCallback<Say>((text, tone = "good") => {
    const id = next.current++;
    setToasts((all) => [...all.slice(-2), { id, text, tone }]);
    setTimeout(() => setToasts((all) => all.filter((t) => t.id !== id)), 4500);
  }, []);
  const shown = useMemo(
    () =>
      toasts.map((t) => (
        <div key={t.id} className={css.toast}>
          {t.tone === "good" ? <CircleCheck aria-hidden /> : <Info aria-hidden />}
          {t.text}
        </div>
      )),
    [toasts],
  );
  return (
    <Context value={say}>
      {children}
      <div className={css.toasts} role="status" aria-live="polite">
        {shown}
      </div>
    </Context>
  );
}
