import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { useDesk, useDeskStore } from "../map/desk";
import { isNews } from "./queue";
import { Tone } from "./tone";
import { subjectName, zoneName } from "./words";

// News tells of new alerts by a tone and to those who listen instead of look.
export function News() {
  const { t } = useTranslation();
  const format = useFormat();
  const { alerts } = useLive();
  const store = useDeskStore();
  const flood = useDesk((d) => d.flood);
  const [text, setText] = useState("");
  useEffect(() => {
    const tone = new Tone();
    const stop = alerts.watch((now, before) => {
      // In a flood only the surest is worth a tone, and nobody can listen to each.
      const { flood } = store.get();
      if (!isNews(now, before) || (flood && now.grade !== "confirmed")) return;
      tone.ring(now.grade === "confirmed");
      if (!flood) setText(t("alert.news", { grade: t(`grade.${now.grade}`), subject: subjectName(t, now.subject), zone: zoneName(format, t, now) }));
    });
    return () => {
      stop();
      tone.stop();
    };
  }, [alerts, store, t, format]);
  return (
    <p className="hidden-text" role="status" aria-live="polite">
      {flood ? "" : text}
    </p>
  );
}
