import { useTranslation } from "react-i18next";
import { objectKinds } from "../api/objects";
import { useFormat } from "../i18n/format";
import css from "./Zones.module.css";

// Kinds says how many objects of each kind there are; nothing where there are none.
export function Kinds({ of }: { of: Partial<Record<string, number>> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const there = objectKinds.filter((k) => (of[k] ?? 0) > 0);
  if (there.length === 0) return null;
  return (
    <ul className={css.kindCounts} aria-label={t("objects.title")}>
      {there.map((k) => (
        <li key={k}>
          {t(`objects.kind.${k}`)} <b>{format.number(of[k] ?? 0)}</b>
        </li>
      ))}
    </ul>
  );
}
