import { useTranslation } from "react-i18next";
import type { GridProperties, ZoneProperties } from "../api/ground";
import type { RegisterObject } from "../api/objects";
import type { LngLat } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { Badge } from "../parts/parts";
import css from "./Ground.module.css";
import { useDesk } from "./desk";
import { gridAt, useObjects, usePlan, useTeams, useZones, zonesAt } from "./ground";
import { objectsAt } from "./objects";
import { ObjectSign } from "./ObjectSign";
import { useRuleWords } from "../zones/words";
import { signOf } from "./zones";

const most = 8; // objects told of a place

// GroundHere says who answers for a place and what holds there.
export function GroundHere({ at }: { at: LngLat }) {
  const { t } = useTranslation();
  const { clock } = useLive();
  const plan = usePlan();
  const zones = useZones(clock);
  const grid = gridAt(plan, at);
  const here = zonesAt(zones, at);
  const objects = objectsAt(useObjects(useDesk((d) => d.shown.objects))?.objects ?? [], at);
  if ((plan === null || plan === undefined) && here.length === 0 && objects.length === 0) return null;
  return (
    <div className={css.here}>
      {plan !== null && plan !== undefined && (grid === null ? <p className={css.none}>{t("grids.outside")}</p> : <Grid grid={grid} />)}
      {here.length > 0 && (
        <ul className={css.zones} aria-label={t("zones.here")}>
          {here.map((z) => (
            <Zone key={z.id} zone={z} now={clock.now()} />
          ))}
        </ul>
      )}
      {objects.length > 0 && <Objects objects={objects} />}
    </div>
  );
}

function Objects({ objects }: { objects: RegisterObject[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const where = (o: RegisterObject) => (o.street?.street === undefined ? "" : ` · ${t(`objects.side.${o.street.side}`, { street: o.street.street })}`);
  return (
    <ul className={css.zones} aria-label={t("objects.here")}>
      {objects.slice(0, most).map((o) => (
        <li key={o.id} className={css.zone}>
          <ObjectSign kind={o.kind} />
          <div>
            <b>{format.name(o.name, o.code || `#${o.id}`)}</b>
            <p>
              {t(`objects.kind.${o.kind}`)}
              {where(o)}
            </p>
          </div>
        </li>
      ))}
      {objects.length > most && <li className={css.none}>{t("objects.more", { count: objects.length - most, n: format.number(objects.length - most) })}</li>}
    </ul>
  );
}

function Grid({ grid }: { grid: GridProperties }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const teams = useTeams();
  const team = teams?.find((x) => x.id === grid.team);
  const task = (name: string) => (i18n.exists(`grids.task.${name}`) ? t(`grids.task.${name}` as "grids.task.patrol") : name);
  return (
    <section className={css.grid} aria-label={t("grids.grid")}>
      <h3>
        <span className={css.gridMark} aria-hidden />
        {format.name(grid.name, grid.code || `#${grid.id}`)}
        {grid.code !== "" && <small>{grid.code}</small>}
      </h3>
      <dl>
        <dt>{t("grids.team")}</dt>
        <dd>{grid.team === null ? <span className={css.none}>{t("grids.noTeam")}</span> : format.name(team?.name, team?.code ?? `#${grid.team}`)}</dd>
        <dt>{t("grids.member")}</dt>
        <dd>{grid.member === null ? <span className={css.none}>{t("grids.nobody")}</span> : grid.member.name}</dd>
        {grid.tasks.length > 0 && (
          <>
            <dt>{t("grids.tasks")}</dt>
            <dd>{grid.tasks.map(task).join(" · ")}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Zone({ zone, now }: { zone: ZoneProperties; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useRuleWords();
  const when = zone.next_change === null ? null : format.soon(zone.next_change, now);
  return (
    <li className={css.zone}>
      <span className={css.swatch} data-sign={signOf(zone)} aria-hidden />
      <div>
        <b>{format.name(zone.name, `#${zone.id}`)}</b>
        <p>
          {t(`zones.kind.${zone.kind}`)} · {say(zone.rule, zone.classes)}
        </p>
        <p>{zone.when === undefined || zone.when === null ? t("zones.always") : format.name(zone.when)}</p>
      </div>
      {zone.rule?.kind === "none" ? null : zone.active ? (
        <Badge tone={zone.kind === "no-dog" || zone.kind === "timed" ? "warn" : "brand"}>{when === null ? t("zones.now") : t("zones.until", { when })}</Badge>
      ) : (
        <Badge>{when === null ? t("zones.off") : t("zones.starts", { when })}</Badge>
      )}
    </li>
  );
}
