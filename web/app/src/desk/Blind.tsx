import { EyeOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../map/desk";
import css from "./Desk.module.css";

// Blind says that units are there and the browser doesn't draw them: a map without signs
// would look like a city without people.
export function Blind() {
  const { t } = useTranslation();
  if (!useDesk((d) => d.blind)) return null;
  return (
    <div className={css.blind} role="alert">
      <EyeOff aria-hidden />
      <span>{t("unit.blind")}</span>
    </div>
  );
}
