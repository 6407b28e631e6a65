import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { isNews } from "./queue";
import { Tone } from "./tone";
import { subjectName, zoneName } from "./words";

// News tells of new alerts by a tone and to those who listen instead of look.
export function News() {
  const { t } = useTranslation();
  const format = useFormat();
  const { alerts } = useLive();
  const [text, setText] = useState("");
  useEffect(() => {
    const tone = new Tone();
    const stop = alerts.watch((now, before) => {
      if (!isNews(now, before)) return;
      tone.ring(now.grade === "confirmed");
      setText(t("alert.news", { grade: t(`grade.${now.grade}`), subject: subjectName(t, now.subject), zone: zoneName(format, t, now) }));
    });
    return () => {
      stop();
      tone.stop();
    };
  }, [alerts, t, format]);
  return (
    <p className="hidden-text" role="status" aria-live="polite">
      {text}
    </p>
  );
}
