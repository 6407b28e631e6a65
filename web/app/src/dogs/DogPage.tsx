import { useQuery } from "@tanstack/react-query";
import { Dog as DogIcon, MapPin, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useParams } from "wouter";
import { Problem } from "../api/problem";
import { trackers, type DogPage as Page } from "../api/trackers";
import desk from "../desk/Desk.module.css";
import { GradeSign } from "../desk/GradeSign";
import { OwnerContact } from "../desk/OwnerContact";
import { placeName, useAge } from "../desk/words";
import { useFormat } from "../i18n/format";
import { useNow } from "../live/LiveProvider";
import { moves, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Badge, Bones, Empty, Note, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import css from "./Dog.module.css";

// DogPage is all about one dog that who looks may know: where it is, not where it
// lives; what it did; and whose it is to who says why, on an alert.
export default function DogPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const dog = useQuery({ queryKey: ["dog", Number(id)], queryFn: ({ signal }) => trackers.dog(Number(id), signal), refetchInterval: 15_000 });
  if (dog.error instanceof Problem && dog.error.status === 404)
    return (
      <Empty icon={<SearchX />} title={t("dog.none")}>
        <p>{t("dog.noneNote")}</p>
      </Empty>
    );
  return (
    <div className={css.page}>
      {dog.isPending && <Bones lines={8} />}
      {dog.isError && dog.data === undefined && <Trouble error={dog.error} retry={<Button onPress={() => void dog.refetch()}>{t("link.retry")}</Button>} />}
      {dog.data !== undefined && <Shown page={dog.data} />}
    </div>
  );
}

function Shown({ page: { dog, tags, heard, place, alerts } }: { page: Page }) {
  const { t } = useTranslation();
  const age = useAge();
  const now = useNow(5000);
  const mayDevices = useRight("devices.read");
  const open = alerts.find((a) => a.state !== "closed");
  return (
    <>
      <header className={css.head}>
        <DogIcon aria-hidden />
        <h1>{dog.name || t("alert.dogId", { id: dog.id })}</h1>
        {dog.licence === "" ? <Badge tone="warn">{t("dog.unregistered")}</Badge> : <Badge tone="brand">{dog.licence}</Badge>}
        {dog.retired && <Badge>{t("fleet.retired")}</Badge>}
      </header>
      <div className={css.columns}>
        <section className={css.card} aria-label={t("dog.now")}>
          <h2>{t("dog.now")}</h2>
          <dl className={desk.facts}>
            {dog.breed !== "" && (
              <>
                <dt>{t("fleet.field.breed")}</dt>
                <dd>{dog.breed}</dd>
              </>
            )}
            <dt>{t("dog.tag")}</dt>
            <dd>
              {tags.length === 0
                ? t("dog.noTag")
                : tags.map((id) => (mayDevices ? <Link key={id} href={`/device?id=${encodeURIComponent(id)}`}>{id}</Link> : <span key={id}>{id}</span>))}
            </dd>
            <dt>{t("dog.heard")}</dt>
            <dd>{heard === null ? t("dog.silent") : t("unit.ago", { age: age(now - Date.parse(heard)) })}</dd>
            <dt>{t("unit.fixed")}</dt>
            <dd>{place === null ? t("dog.hidden") : place.at_home ? t("dog.atHome", { metres: place.within_m }) : <Coordinates at={place.at} />}</dd>
          </dl>
          {place?.at_home === true && <Note>{t("dog.circle")}</Note>}
          {place !== null && <OnMap id={`d${dog.id}`} at={place.at} />}
        </section>
        <section className={css.card} aria-label={t("owner.title")}>
          {open === undefined ? (
            <>
              <h2>{t("owner.title")}</h2>
              <p className={desk.muted}>{t("dog.noReason")}</p>
            </>
          ) : (
            <OwnerContact alert={open} />
          )}
        </section>
      </div>
      <Alerts alerts={alerts} />
    </>
  );
}

function Coordinates({ at }: { at: [number, number] }) {
  return <span>{`${at[1].toFixed(5)}, ${at[0].toFixed(5)}`}</span>;
}

function OnMap({ id, at }: { id: string; at: [number, number] }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const [, go] = useLocation();
  const show = () => {
    store.set((d) => moves.fly({ ...moves.chooseUnit(d, id), view: { center: at, zoom: 16 } }, { at, zoom: 16 }));
    go("/map");
  };
  return (
    <Button icon={<MapPin />} onPress={show}>
      {t("alert.fly")}
    </Button>
  );
}

function Alerts({ alerts }: { alerts: Page["alerts"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const age = useAge();
  const now = useNow(5000);
  const store = useDeskStore();
  const [, go] = useLocation();
  return (
    <section className={css.card}>
      <h2>{t("dog.alerts", { count: alerts.length })}</h2>
      {alerts.length === 0 && <p className={desk.muted}>{t("dog.noAlerts")}</p>}
      <ul className={css.alerts}>
        {alerts.map((a) => {
          const line = (
            <>
              <GradeSign grade={a.grade} size={18} />
              <b>{placeName(format, t, a)}</b>
              <span>{t(`grade.${a.grade}`)}</span>
              <time dateTime={a.began}>{format.time(a.began)}</time>
              <span>{age((a.ended === null ? now : Date.parse(a.ended)) - Date.parse(a.began))}</span>
              <span>{a.outcome === "" ? t(`alertState.${a.state}`) : t(`outcome.${a.outcome}`)}</span>
            </>
          );
          return (
            <li key={a.id}>
              {a.state === "closed" ? (
                <div className={css.line}>{line}</div>
              ) : (
                <button
                  type="button"
                  className={css.line}
                  onClick={() => {
                    store.set((d) => moves.openAlert(d, a));
                    go("/map");
                  }}
                >
                  {line}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
