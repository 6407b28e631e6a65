import { useQueryClient } from "@tanstack/react-query";
import { Check, Footprints, Pencil, Route, Undo2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { closures, type Closure } from "../../api/closures";
import { useFormat } from "../../i18n/format";
import { useNow } from "../../live/LiveProvider";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { Badge, Bones, Note, useTrouble } from "../../parts/parts";
import { useSay } from "../../parts/toast";
import { DiffPanel } from "../../plans/DiffPanel";
import { plans, type WalksPreview } from "../../plans/requests";
import { useRight } from "../../session/session";
import { moves, useDeskStore } from "../desk";
import { useTravellerName } from "../travel/Travel";
import css from "./Closures.module.css";
import { streetsChanged, useClosures } from "./data";
import { signOf } from "./layer";

// ClosurePanel says why a street is closed, for whom and until when.
export function ClosurePanel({ id }: { id: number }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const list = useClosures();
  const closure = list?.find((c) => c.id === id);
  return (
    <Panel title={closure?.reason ?? t("closure.title")} onClose={() => store.set(moves.close)}>
      {list === undefined && <Bones lines={4} />}
      {list !== undefined && closure === undefined && <p className={css.hint}>{t("closure.over")}</p>}
      {closure !== undefined && <Facts c={closure} />}
    </Panel>
  );
}

function Facts({ c }: { c: Closure }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const client = useQueryClient();
  const say = useSay();
  const trouble = useTrouble();
  const now = useNow(10_000);
  const [busy, setBusy] = useState(false);
  const act = (what: () => Promise<unknown>, said: string, gone = false) => async () => {
    setBusy(true);
    try {
      await what();
      if (gone) store.set(moves.close);
      say(said);
    } catch (e) {
      say(trouble(e), "plain");
    }
    streetsChanged(client);
    setBusy(false);
  };
  const sign = signOf(c);
  const who = useTravellerName();
  const mayReplan = useRight("walks.replan");
  return (
    <>
      <Badge tone={c.state === "declined" ? "bad" : sign === "closed" ? "bad" : sign === "slow" ? "warn" : "plain"}>{t(c.state === "declined" ? "closure.sign.declined" : `closure.sign.${sign}`)}</Badge>
      <dl className={css.facts}>
        <dt>{t("closure.streets")}</dt>
        <dd>
          {c.names.length === 0 ? t("street.unnamed") : c.names.slice(0, 4).join(" · ")} ({format.distance(c.length_m)})
        </dd>
        {c.speed_kmh !== null && (
          <>
            <dt>{t("closure.effect")}</dt>
            <dd>{t("closure.atMost", { speed: format.number(c.speed_kmh) })}</dd>
          </>
        )}
        {c.speed_share !== null && (
          <>
            <dt>{t("closure.effect")}</dt>
            <dd>{t("closure.share", { share: format.percent(c.speed_share) })}</dd>
          </>
        )}
        <dt>{t("closure.who")}</dt>
        <dd>{c.profiles.length === 0 ? t("closure.for.all") : c.profiles.map(who).join(" · ")}</dd>
        {c.direction !== "both" && (
          <>
            <dt>{t("closure.direction")}</dt>
            <dd>{t("closure.oneWay")}</dd>
          </>
        )}
        <dt>{t("closure.from")}</dt>
        <dd>{format.soon(c.from, now)}</dd>
        <dt>{t("closure.to")}</dt>
        <dd>{c.to === null ? t("closure.open") : format.soon(c.to, now)}</dd>
        {c.calendar !== null && (
          <>
            <dt>{t("closure.when")}</dt>
            <dd>{format.name(c.when)}</dd>
          </>
        )}
        {c.by !== null && (
          <>
            <dt>{t("closure.by")}</dt>
            <dd>{c.by.name}</dd>
          </>
        )}
      </dl>
      {c.missing > 0 && <Note tone="warn">{t("closure.missing", { count: c.missing })}</Note>}
      {c.walks.length > 0 && (
        <div className={css.cut}>
          <Note tone="warn">{t("closure.cut", { count: c.walks.length })}</Note>
          <ul aria-label={t("closure.cut", { count: c.walks.length })}>
            {c.walks.map((w) => (
              <li key={w.shift}>
                <button type="button" className={css.item} onClick={() => store.set((d) => moves.chooseUnit(d, `p${w.person.id}`))}>
                  <Footprints aria-hidden />
                  <span>
                    {w.person.name} · {w.street === "" ? t("street.unnamed") : w.street}
                  </span>
                  <span>{format.soon(w.at, now)}</span>
                </button>
              </li>
            ))}
          </ul>
          {mayReplan && c.state === "approved" && <Replan c={c} />}
        </div>
      )}
      <div className={css.actions}>
        {c.may_decide && (
          <>
            <Button look="main" icon={<Check />} isPending={busy} onPress={() => void act(() => closures.decide(c, "approve"), t("closure.approved"))()}>
              {t("closure.approve")}
            </Button>
            <Button icon={<X />} isPending={busy} onPress={() => void act(() => closures.decide(c, "decline"), t("closure.declined"))()}>
              {t("closure.decline")}
            </Button>
          </>
        )}
        {c.may_change && (
          <>
            <Button icon={<Pencil />} onPress={() => store.set((d) => moves.changeClosure(d, c))}>
              {t("closure.edit")}
            </Button>
            <Button look={c.state === "approved" ? "danger" : "plain"} icon={<Undo2 />} isPending={busy} onPress={() => void act(() => closures.remove(c), t("closure.removed"), true)()}>
              {t(c.state === "approved" ? "closure.remove" : "closure.withdraw")}
            </Button>
          </>
        )}
      </div>
    </>
  );
}

// Replan offers to lead the walks that a closure cuts round it, team by team: what that
// comes to is shown before anybody is told.
function Replan({ c }: { c: Closure }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const client = useQueryClient();
  const say = useSay();
  const trouble = useTrouble();
  const [preview, setPreview] = useState<{ names: string; plan: WalksPreview } | null>(null);
  const [busy, setBusy] = useState(false);
  const work = async (what: () => Promise<void>) => {
    setBusy(true);
    try {
      await what();
    } catch (e) {
      setPreview(null);
      say(trouble(e), "plain");
    }
    setBusy(false);
  };
  const send = (names: string, basis: string) =>
    work(async () => {
      await plans.sendWalks(basis);
      setPreview(null);
      streetsChanged(client);
      void client.invalidateQueries({ queryKey: ["plans"] });
      say(t("closure.replanned", { names }));
    });
  if (preview !== null) {
    const { names, plan } = preview;
    const onlyClosed = plan.refused.every((r) => r.rule === "closed"); // which isn't for want of time
    return (
      <DiffPanel units={plan.units} changes={plan.changes} refused={plan.refused} leftM={onlyClosed ? 0 : plan.left_m} rows={[]} busy={busy} onSend={() => void send(names, plan.basis)} onDiscard={() => setPreview(null)} />
    );
  }
  const teams = [...new Set(c.walks.map((w) => w.team))];
  return teams.map((team) => {
    const walks = c.walks.filter((w) => w.team === team);
    const names = new Intl.ListFormat(language).format(walks.map((w) => w.person.name));
    return (
      <Button
        key={team}
        icon={<Route />}
        isPending={busy}
        onPress={() => void work(async () => setPreview({ names, plan: await plans.previewWalks({ again: walks.map((w) => w.shift), closure: c.id }) }))}
      >
        {t("closure.replan", { names })}
      </Button>
    );
  });
}

// ClosureList is every closure by name, for the layers' panel.
export function ClosureList() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const format = useFormat();
  const now = useNow(10_000);
  const list = useClosures();
  if (list === undefined) return null;
  if (list.length === 0) return <p className={`${css.list} ${css.hint}`}>{t("closure.none")}</p>;
  return (
    <ul className={css.list} aria-label={t("layers.closures")}>
      {list.map((c) => (
        <li key={c.id}>
          <button type="button" className={css.item} onClick={() => store.set((d) => moves.openClosure({ ...d, layersOpen: false }, c.id, c.streets.coordinates))}>
            <span className={css.swatch} data-sign={signOf(c)} aria-hidden />
            <span>{c.reason}</span>
            <span>{c.state !== "approved" ? t(c.state === "declined" ? "closure.sign.declined" : "closure.sign.proposed") : c.next_change === null ? "" : format.soon(c.next_change, now)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
