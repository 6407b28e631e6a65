import { ChevronLeft, ChevronRight, History, Link2, Pause, Play, X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { kindName, placeName, subjectName, useAge } from "../desk/words";
import desk from "../desk/Desk.module.css";
import { GradeSign } from "../desk/GradeSign";
import { useFormat } from "../i18n/format";
import { moves, useDesk, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Panel } from "../parts/Panel";
import { Segments } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useKeys } from "../shell/keys";
import { writeMoment } from "./moment";
import css from "./Past.module.css";
import { speeds, type Player } from "./player";

// PastBar is the time bar of an hour gone by, with its alerts as ticks.
export function PastBar() {
  const past = useDesk((d) => d.past);
  return past === null ? null : <Bar player={past} />;
}

export function usePlayer(player: Player): void {
  useSyncExternalStore(player.subscribe, player.changes);
}

function Bar({ player }: { player: Player }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const say = useSay();
  usePlayer(player);
  const { past, at, playing, speed } = player;
  const turn = () => player.play(!playing);
  const jump = (by: 1 | -1) => () => {
    const a = player.near(by);
    if (a === undefined) return;
    player.seek(Date.parse(a.began));
    store.set((d) => moves.fly(d, { at: a.at, zoom: 15 }));
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.origin + location.pathname + writeMoment(location.search, at) + location.hash);
      say(t("past.copied"));
    } catch {
      say(t("past.notCopied"), "plain");
    }
  };
  useKeys({
    " ": (e) => {
      // A button under the focus keeps its space.
      const under = e.target instanceof HTMLElement ? e.target.closest<HTMLElement>("button, a") : null;
      if (under === null) turn();
      else under.click();
    },
    "[": jump(-1),
    "]": jump(1),
  });
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - past.from) / (past.to - past.from)));
  const on = player.alerts();
  return (
    <section className={css.bar} aria-label={t("past.bar")}>
      <div className={css.row}>
        <span className={css.sign}>
          <History aria-hidden /> {t("past.sign")}
        </span>
        <b className={css.time}>{format.time(new Date(at).toISOString())}</b>
        <span className={css.grow} />
        <Button look="quiet" icon={<ChevronLeft />} label={t("past.before")} keys="[" why={player.near(-1) === undefined ? t("past.noneBefore") : undefined} onPress={jump(-1)} />
        <Button look="main" icon={playing ? <Pause /> : <Play />} label={t(playing ? "past.pause" : "past.play")} keys="Space" onPress={turn} />
        <Button look="quiet" icon={<ChevronRight />} label={t("past.after")} keys="]" why={player.near(1) === undefined ? t("past.noneAfter") : undefined} onPress={jump(1)} />
        <span className={css.speeds}>
          <Segments label={t("past.speed")} value={String(speed)} onChange={(v) => player.faster(speeds.find((s) => String(s) === v) ?? 10)} choices={speeds.map((s) => ({ id: String(s), text: `×${s}` }))} />
        </span>
        <Button look="quiet" icon={<Link2 />} label={t("past.copy")} onPress={() => void copy()} />
        <Button look="quiet" icon={<X />} label={t("past.close")} keys="Esc" onPress={() => store.set((d) => moves.showPast(d, null))} />
      </div>
      <div className={css.track}>
        <div className={css.ticks} aria-hidden>
          {past.alerts.map((a) => (
            <span key={a.id} data-grade={a.grade} style={{ left: `${share(Date.parse(a.began)) * 100}%` }} />
          ))}
        </div>
        <input
          type="range"
          min={past.from}
          max={past.to}
          step={1000}
          value={at}
          aria-label={t("past.moment")}
          aria-valuetext={format.time(new Date(at).toISOString())}
          style={{ backgroundSize: `${share(at) * 100}% 100%` }}
          onChange={(e) => player.seek(Number(e.target.value))}
        />
      </div>
      <p className={css.ends}>
        <span>{format.clock(past.from)}</span>
        <span className={css.now}>
          {on.length === 0 ? t("past.quiet", { count: past.alerts.length }) : on.slice(0, 2).map((a) => `${subjectName(t, a.subject)}, ${placeName(format, t, a)}`).join(" · ") + (on.length > 2 ? ` · +${on.length - 2}` : "")}
        </span>
        <span>{format.clock(past.to)}</span>
      </p>
    </section>
  );
}

// PastUnit is a unit as it was: what the replay knows of it.
export function PastUnit({ player, id }: { player: Player; id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge();
  const store = useDeskStore();
  const follow = useDesk((d) => d.follow === id);
  usePlayer(player);
  const m = player.units.get(id);
  const track = player.past.tracks.find((x) => x.id === id);
  const turn = () => store.set((d) => moves.follow(d, id));
  useKeys({ F: turn });
  if (track === undefined) return null;
  const alerts = player.past.alerts.filter((a) => `${a.subject.class.slice(0, 1)}${a.subject.id}` === id || `p${a.sent?.id}` === id);
  return (
    <Panel
      title={
        <>
          {track.name}
          <small className={desk.sub}>{[kindName(t, track.kind), track.team === undefined ? "" : t("unit.teamN", { team: track.team })].filter((x) => x !== "").join(" · ")}</small>
        </>
      }
      onClose={() => store.set(moves.close)}
    >
      <Button wide keys="F" aria-pressed={follow} onPress={turn}>
        {t(follow ? "unit.unfollow" : "unit.follow")}
      </Button>
      <dl className={desk.facts}>
        <dt>{t("unit.fixed")}</dt>
        <dd>{m === undefined ? t("past.away") : t("unit.ago", { age: age(player.at - m.ms) })}</dd>
        {m?.unit.speed_kmh !== undefined && (
          <>
            <dt>{t("unit.speed")}</dt>
            <dd>{t("spot.kmh", { speed: format.number(Math.round(m.unit.speed_kmh)) })}</dd>
          </>
        )}
      </dl>
      {alerts.map((a) => (
        <Button key={a.id} wide onPress={() => player.seek(Date.parse(a.began))}>
          <GradeSign grade={a.grade} size={18} /> {format.clock(a.began)} · {placeName(format, t, a)}
        </Button>
      ))}
    </Panel>
  );
}
