import { MapPinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Empty } from "../parts/parts";
import button from "../parts/Button.module.css";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={<MapPinOff />} title={t("notFound.title")}>
      <p>{t("notFound.note")}</p>
      <Link href="/map" className={`${button.button} ${button.main}`}>
        {t("notFound.back")}
      </Link>
    </Empty>
  );
}
