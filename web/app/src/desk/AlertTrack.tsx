import { useQuery } from "@tanstack/react-query";
import { Spline } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import type { Alert } from "../live/wire";
import { useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Note, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import css from "./Desk.module.css";
import { desk } from "./requests";

// AlertTrack draws the way around an alert, which is kept with it. It is asked for by a
// click, and the look is noted.
export function AlertTrack({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const may = useRight("alerts.track");
  const [on, setOn] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ["alert-track", a.id, a.seq], queryFn: () => desk.track(a.id), enabled: on && may, staleTime: Infinity });
  useEffect(() => {
    if (!on || data === undefined) return;
    store.set((d) => ({ ...d, trip: { line: data.map((p) => p.at), done: 1, stops: [] } }));
    return () => store.set((d) => ({ ...d, trip: null }));
  }, [store, on, data]);
  if (!may || a.subject.id === 0) return null;
  const [first, last] = [data?.[0], data?.at(-1)];
  return (
    <section className={css.section}>
      <Button wide icon={<Spline />} aria-pressed={on} onPress={() => setOn(!on)}>
        {t(on ? "alert.trackHide" : "alert.track")}
      </Button>
      {on && error !== null && <Trouble error={error} retry={<Button onPress={() => void refetch()}>{t("link.retry")}</Button>} />}
      {on && data !== undefined && (
        <Note>
          {first === undefined || last === undefined ? t("alert.trackNone") : t("alert.trackSome", { count: data.length, from: format.clock(first.t), to: format.clock(last.t) })}
        </Note>
      )}
    </section>
  );
}
