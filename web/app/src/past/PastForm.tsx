import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import admin from "../admin/Admin.module.css";
import { instant, localTime } from "../fleet/time";
import { useLive } from "../live/LiveProvider";
import { moves, useDesk, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Trouble } from "../parts/parts";
import { useSession } from "../session/session";
import { Player } from "./player";
import { fetchPast } from "./read";
import type { Moment } from "./moment";

const hour = 3_600_000;

// PastForm asks which hour to look at, and why: where people were is read for a
// purpose alone, and the log keeps who looked.
export function PastForm() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const moment = useDesk((d) => d.moment);
  const close = () => store.set((d) => moves.askPast(d, null));
  return (
    <Dialog title={t("past.title")} open={moment !== null} onClose={close}>
      {moment !== null && <Form moment={moment} onClose={close} />}
    </Dialog>
  );
}

function Form({ moment, onClose }: { moment: Moment; onClose: () => void }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const client = useQueryClient();
  const { clock } = useLive();
  const { time_zone } = useSession();
  const local = (ms: number) => localTime(ms, time_zone).slice(0, 16);
  const [from, setFrom] = useState(() => local(moment.from));
  const [why, setWhy] = useState("");
  const [units, setUnits] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  const start = from === "" ? NaN : instant(from, time_zone);
  const wrong = Number.isNaN(start) ? t("past.noTime") : start >= clock.now() ? t("past.future") : undefined;
  const load = async () => {
    const stop = new AbortController();
    running.current = stop;
    setError(null);
    setUnits(0);
    try {
      const past = await fetchPast({ from: start, to: Math.min(start + hour, clock.now()), why: why.trim() }, setUnits, stop.signal);
      const within = moment.at >= past.from && moment.at < past.to;
      const player = new Player(past, within ? moment.at : past.from);
      store.set((d) => moves.showPast(d, player));
      void client.invalidateQueries({ queryKey: ["audit"] });
    } catch (e) {
      if (!stop.signal.aborted) setError(e);
    }
    setUnits(null);
  };
  const leave = () => {
    running.current?.abort();
    if (units === null) onClose();
  };
  return (
    <form
      className={admin.form}
      onSubmit={(e) => {
        e.preventDefault();
        if (wrong === undefined && why.trim().length >= 3 && units === null) void load();
      }}
    >
      <p>{t("past.note")}</p>
      <Field label={t("past.from")} type="datetime-local" value={from} onChange={setFrom} error={wrong} />
      <Field label={t("owner.why")} note={t("owner.logged")} value={why} onChange={setWhy} maxLength={300} autoFocus />
      {error !== null && <Trouble error={error} />}
      <p role="status">{units === null ? "" : t("past.loading", { count: units })}</p>
      <DialogFoot>
        <Button onPress={leave}>{t("parts.cancel")}</Button>
        <Button look="main" type="submit" isPending={units !== null} why={wrong ?? (why.trim().length < 3 ? t("owner.whyMissing") : undefined)}>
          {t("past.show")}
        </Button>
      </DialogFoot>
    </form>
  );
}
