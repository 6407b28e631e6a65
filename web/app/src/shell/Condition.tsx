import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, take } from "../api/client";
import { useFormat } from "../i18n/format";
import { useRight } from "../session/session";
import css from "./Shell.module.css";

// ConditionBanner says what the server can't promise now, why, since when, and what to
// do: a full disk takes no positions, and whoever watches the map should know.
export function ConditionBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useRight("map.view");
  const { data } = useQuery({
    queryKey: ["condition"],
    queryFn: ({ signal }) => take(api.GET("/api/condition", { signal })),
    refetchInterval: 15_000,
    enabled: may,
  });
  const lapses = data?.lapses ?? [];
  if (lapses.length === 0) return null;
  const jump = (s = 0) => t(s < 0 ? "condition.back" : "condition.ahead", { by: format.duration(Math.abs(s)) });
  return (
    <div className={css.banner} role="alert">
      <TriangleAlert aria-hidden />
      <span>
        {lapses.map((l) => (
          <span key={l.what} className={css.lapse}>
            <b>{t(`condition.what.${l.what}`, { time: format.clock(Date.parse(l.since)), by: jump(l.clock_s) })}</b> {t(`condition.why.${l.why}`)}{" "}
          </span>
        ))}
      </span>
    </div>
  );
}
