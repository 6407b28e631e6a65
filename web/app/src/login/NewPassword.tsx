import { Check, Circle } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../parts/Field";
import css from "./Login.module.css";
import { broken, minLength, strength } from "./rules";

export interface Fresh {
  value: string;
  again: string;
  setValue: (v: string) => void;
  setAgain: (v: string) => void;
  login: string;
  tried: boolean;
  check: () => boolean;
}

// useNewPassword holds a new password and its repetition.
export function useNewPassword(login: string): Fresh {
  const [value, setValue] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const check = () => {
    setTried(true);
    return broken(value, login).length === 0 && value === again;
  };
  return { value, again, setValue, setAgain, login, tried, check };
}

export function NewPassword({ fresh, error }: { fresh: Fresh; error?: string | undefined }) {
  const { t } = useTranslation();
  const bad = broken(fresh.value, fresh.login);
  const level = strength(fresh.value, fresh.login);
  const rule = (id: "length" | "login" | "common") => {
    const kept = fresh.value !== "" && !bad.includes(id);
    return (
      <li key={id} data-kept={kept}>
        {kept ? <Check aria-hidden /> : <Circle aria-hidden />}
        {t(`password.${id}`, { n: minLength })}
        <span className="hidden-text">{t(kept ? "password.kept" : "password.notKept")}</span>
      </li>
    );
  };
  const first = bad[0];
  return (
    <>
      <Field
        label={t("password.new")}
        type="password"
        value={fresh.value}
        onChange={fresh.setValue}
        autoComplete="new-password"
        isRequired
        error={error ?? (fresh.tried && first !== undefined ? t(`password.${first}`, { n: minLength }) : undefined)}
      />
      <div className={css.meter} data-level={level} role="meter" aria-label={t("password.strength")} aria-valuemin={0} aria-valuemax={4} aria-valuenow={level} aria-valuetext={t(`password.level${level}`)}>
        <span />
        <span />
        <span />
        <span />
      </div>
      <ul className={css.rules}>{(["length", "login", "common"] as const).map(rule)}</ul>
      <Field
        label={t("password.again")}
        type="password"
        value={fresh.again}
        onChange={fresh.setAgain}
        autoComplete="new-password"
        isRequired
        error={fresh.tried && fresh.again !== fresh.value ? t("password.different") : undefined}
      />
    </>
  );
}
