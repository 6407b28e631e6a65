import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import css from "./Shell.module.css";
import { checkLink, useLink } from "./connection";

// ConnectionSign is always on the screen: a shape, a colour and a word.
export function ConnectionSign() {
  const { t } = useTranslation();
  const link = useLink();
  const ms = link.latencyMs === null ? "" : ` ${Math.round(link.latencyMs)} ms`;
  return (
    <span className={css.link} data-state={link.state} title={t(`link.${link.state}Note`)}>
      <span className={css.dot} aria-hidden />
      <span>{t(`link.${link.state}`)}</span>
      {link.state !== "lost" && <span className={css.latency}>{ms}</span>}
    </span>
  );
}

// OfflineBanner says since when, and what still works.
export function OfflineBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const link = useLink();
  if (link.state !== "lost") return null;
  return (
    <div className={css.banner} role="alert">
      <CloudOff aria-hidden />
      <span>
        <b>{t("link.banner", { time: format.time(new Date(link.since).toISOString()) })}</b> {t("link.stillWorks")}
      </span>
      <Button look="plain" onPress={checkLink}>
        {t("link.retry")}
      </Button>
    </div>
  );
}
