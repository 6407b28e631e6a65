// The small parts that every page is made of.
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { RadioButton, RadioField, RadioGroup, SwitchButton, SwitchField } from "react-aria-components";
import { Problem, Unreachable } from "../api/problem";
import css from "./parts.module.css";

type Tone = "plain" | "brand" | "warn" | "bad" | "good";

export function Badge({ tone = "plain", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`${css.badge} ${tone === "plain" ? "" : css[tone]}`}>
      {icon}
      {children}
    </span>
  );
}

export function Note({ tone = "plain", children }: { tone?: "plain" | "warn" | "bad"; children: ReactNode }) {
  const Icon = tone === "bad" ? CircleAlert : tone === "warn" ? TriangleAlert : Info;
  return (
    <div className={`${css.note} ${tone === "plain" ? "" : css[tone]}`} role={tone === "plain" ? "note" : "alert"}>
      <Icon aria-hidden />
      <div>{children}</div>
    </div>
  );
}

// Trouble tells an error in words that say what to do next.
export function Trouble({ error, retry }: { error: unknown; retry?: ReactNode }) {
  const text = useTrouble();
  return (
    <Note tone="bad">
      {text(error)} {retry}
    </Note>
  );
}

export function useTrouble(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (error instanceof Unreachable) return t("trouble.unreachable");
    if (!(error instanceof Problem)) return t("trouble.unknown");
    const key = `problem.${error.code}`;
    const by = typeof error.extra.changed_by === "string" ? error.extra.changed_by : "";
    if (error.code === "stale" && by !== "") return t("trouble.staleBy", { by });
    if (error.code !== "" && i18n.exists(key)) return t(key as "problem.stale", { count: error.number("retry_after_s") ?? 0 });
    return error.status >= 500 ? t("trouble.server", { status: error.status }) : error.message;
  };
}

export function Empty({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      {icon}
      <h3>{title}</h3>
      {children}
    </div>
  );
}

// Bones stand where text will be, so nothing jumps when it comes.
export function Bones({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className={css.bones} role="status" aria-label={t("parts.loading")}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className={css.bone} style={{ width: `${92 - ((i * 29) % 45)}%` }} />
      ))}
    </div>
  );
}

export function Progress({ label, fraction, text }: { label: string; fraction: number; text: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div className={css.progress}>
      <div>
        <span>{label}</span>
        <span>{text}</span>
      </div>
      <span className={css.track} role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
        <span className={css.fill} style={{ width: `${percent}%`, display: "block" }} />
      </span>
    </div>
  );
}

export function Switch({ on, onChange, icon, children }: { on: boolean; onChange: (on: boolean) => void; icon?: ReactNode; children: ReactNode }) {
  return (
    <SwitchField isSelected={on} onChange={onChange}>
      <SwitchButton className={css.switch ?? ""}>
        {icon}
        <span className={css.text}>{children}</span>
        <span className={css.knob} aria-hidden />
      </SwitchButton>
    </SwitchField>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  choices: { id: T; text: string; icon?: ReactNode }[];
}

export function Segments<T extends string>({ label, value, onChange, choices }: SegmentsProps<T>) {
  return (
    <RadioGroup aria-label={label} orientation="horizontal" value={value} onChange={(v) => onChange(v as T)} className={css.segments ?? ""}>
      {choices.map((c) => (
        <RadioField key={c.id} value={c.id} className={css.choice ?? ""}>
          <RadioButton className={css.segment ?? ""}>
            {c.icon}
            {c.text}
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={css.kbd}>{children}</kbd>;
}
