import { CalendarX2, TriangleAlert, Truck, Warehouse } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { Badge, Empty } from "../parts/parts";
import css from "./Plans.module.css";
import type { Run, TowSite } from "./requests";
import { SearchPanel } from "./SearchPanel";

// TowBoard is the trucks with what is on them, and the sites with their hours.
export function TowBoard({ runs, sites, refresh }: { runs: Run[]; sites: TowSite[]; refresh: () => Promise<void> }) {
  const { t } = useTranslation();
  if (runs.length === 0)
    return (
      <Empty icon={<CalendarX2 />} title={t("plans.tows.none")}>
        <p>{t("plans.noneNote")}</p>
      </Empty>
    );
  return (
    <div className={css.tows}>
      <div className={css.cards}>
        {sites.map((s) => (
          <SiteCard key={`site${s.id}`} site={s} />
        ))}
        {runs.map((r) => (
          <TruckCard key={r.vehicle.id} run={r} />
        ))}
      </div>
      <SearchPanel runs={runs} refresh={refresh} />
    </div>
  );
}

function TruckCard({ run }: { run: Run }) {
  const { t } = useTranslation();
  const format = useFormat();
  const jobs = run.stops.filter((s) => s.kind === "job").length;
  const late = (Date.parse(run.end) - Date.parse(run.to)) / 1000;
  const next = run.stops[0];
  return (
    <section className={css.card} data-off={run.off} aria-label={run.vehicle.plate}>
      <header>
        <Truck aria-hidden />
        <div>
          <h3>{run.vehicle.plate}</h3>
          <span>{run.driver.name}</span>
        </div>
        {run.off && <Badge tone="bad">{t("plans.off")}</Badge>}
        {late > 60 && (
          <Badge tone="warn" icon={<TriangleAlert aria-hidden />}>
            {t("plans.lateBy", { time: format.duration(late) })}
          </Badge>
        )}
      </header>
      <Load now={run.loaded} of={run.capacity} />
      <p>
        {t("plans.tows.jobs", { count: jobs })} · {t("plans.tows.ends", { time: format.clock(run.end) })}
      </p>
      {next !== undefined && (
        <p className={css.dim}>
          {t("plans.tows.next")}: {next.name === "" ? t(`plans.kind.${next.kind}`) : next.name}, {format.clock(next.arrive)}
        </p>
      )}
      <LoadStrip run={run} />
    </section>
  );
}

// Load is the places of a truck, those taken filled.
function Load({ now, of }: { now: number; of: number }) {
  const { t } = useTranslation();
  return (
    <div className={css.load} role="img" aria-label={t("plans.load", { load: now, of })}>
      <span>{t("plans.tows.places")}</span>
      <div>
        {Array.from({ length: of }, (_, i) => (
          <i key={i} data-on={i < now} />
        ))}
      </div>
      <b>
        {now}/{of}
      </b>
    </div>
  );
}

// LoadStrip is how full the truck is after each stop to come.
function LoadStrip({ run }: { run: Run }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (run.stops.length === 0) return <p className={css.dim}>{t("plans.tows.free")}</p>;
  return (
    <ol className={css.strip} aria-label={t("plans.tows.strip")}>
      {run.stops.map((s) => (
        <li key={s.n} data-kind={s.kind} data-full={s.load >= run.capacity} title={`${s.name} · ${format.clock(s.arrive)} · ${t("plans.load", { load: s.load, of: run.capacity })}`}>
          <span style={{ height: `${Math.max(4, (100 * s.load) / Math.max(1, run.capacity))}%` }} aria-hidden />
          <em>
            {s.kind === "site" ? "⬇" : s.load}
            <span className="hidden-text">{`${s.name} ${format.clock(s.arrive)}`}</span>
          </em>
        </li>
      ))}
    </ol>
  );
}

function SiteCard({ site }: { site: TowSite }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const hours = site.hours.map((h) => ({ from: Date.parse(h.from), to: Date.parse(h.to) }));
  const open = hours.find((h) => h.from <= now && now <= h.to);
  const later = hours.find((h) => h.from > now);
  return (
    <section className={css.card} aria-label={site.name}>
      <header>
        <Warehouse aria-hidden />
        <div>
          <h3>{site.name}</h3>
          <span>
            {site.always ? t("plans.tows.always") : open !== undefined ? t("plans.tows.openTo", { time: format.clock(open.to) }) : later !== undefined ? t("plans.tows.opensAt", { time: format.clock(later.from) }) : t("plans.tows.closed")}
          </span>
        </div>
        <Badge tone={site.always || open !== undefined ? "good" : "bad"}>{t(site.always || open !== undefined ? "plans.tows.open" : "plans.tows.shut")}</Badge>
      </header>
      <p>
        {t("plans.tows.coming", { count: site.coming })}
        {site.next !== null && ` · ${t("plans.tows.nextTruck", { time: format.clock(site.next) })}`}
      </p>
      {site.room === null || site.places === null ? <p className={css.dim}>{t("plans.tows.noLimit")}</p> : <Room places={site.places} room={site.room} coming={site.coming} />}
    </section>
  );
}

// Room is what a site has taken in the last day, what is on its way, and what is left.
function Room({ places, room, coming }: { places: number; room: number; coming: number }) {
  const { t } = useTranslation();
  const left = room - coming;
  const share = (n: number) => `${(100 * Math.max(0, n)) / Math.max(1, places)}%`;
  const words = left < 0 ? t("plans.tows.tooMany", { count: -left, of: places }) : t("plans.tows.room", { count: left, of: places });
  return (
    <>
      <div className={css.room} role="img" aria-label={t("plans.tows.taken", { brought: places - room, coming, of: places })}>
        <i style={{ width: share(places - room) }} data-part="brought" />
        <i style={{ width: share(Math.min(room, coming)) }} data-part="coming" />
      </div>
      <p className={css.roomWords} data-tone={left < 0 ? "bad" : "plain"}>
        {left < 0 && <TriangleAlert aria-hidden />} {words}
      </p>
    </>
  );
}
