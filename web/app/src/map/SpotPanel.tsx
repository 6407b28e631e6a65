import { useQuery } from "@tanstack/react-query";
import { Flag, Link2, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { city } from "../api/queries";
import type { Hit } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Panel } from "../parts/Panel";
import { Bones, Trouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useRight } from "../session/session";
import { moves, useDeskStore, type Spot } from "./desk";
import { GroundHere } from "./GroundHere";
import { describe, hitTitle } from "./search/hits";
import css from "./SpotPanel.module.css";
import { writePoint, writeView } from "./url";

// SpotPanel says what a place is, which street it is on, and what can be done.
export function SpotPanel({ spot }: { spot: Spot }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDeskStore();
  const say = useSay();
  const mayRoute = useRight("route");
  const near = useQuery({
    queryKey: ["nearest", writePoint(spot.at), format.language],
    queryFn: ({ signal }) => city.nearest(spot.at, format.language, signal),
    staleTime: Infinity,
  });
  const { hit } = spot;
  const title = hit === undefined ? t("spot.here") : hitTitle(hit, format);
  const local = hit === undefined ? undefined : localName(hit, title);
  const why = mayRoute ? undefined : t("route.noRight");
  const end = (which: "from" | "to") => () => store.set((d) => moves.setEnd(d, which, spot.at, hit === undefined ? "" : title));
  const copy = () => {
    const view = writeView({ zoom: Math.max(store.get().view?.zoom ?? 16, 16), center: spot.at });
    const link = `${location.origin}/map${hit === undefined ? "" : `?q=${encodeURIComponent(title)}`}${view}`;
    void navigator.clipboard.writeText(link).then(() => say(t("spot.linkCopied")));
  };
  return (
    <Panel
      title={
        <>
          {title}
          {local !== undefined && <span className={css.local}>{local}</span>}
        </>
      }
      actions={<Button look="quiet" icon={<Link2 />} label={t("spot.copyLink")} onPress={copy} />}
      onClose={() => store.set(moves.close)}
    >
      {hit !== undefined && <p className={css.sub}>{describe(hit, t)}</p>}
      <div className={css.actions}>
        <Button icon={<Play />} why={why} onPress={end("from")}>
          {t("route.fromHere")}
        </Button>
        <Button icon={<Flag />} why={why} onPress={end("to")}>
          {t("route.toHere")}
        </Button>
      </div>
      <GroundHere at={spot.at} />
      <hr className={css.rule} />
      {near.isPending && <Bones lines={3} />}
      {near.isError &&
        (near.error instanceof Problem && near.error.status === 404 ? (
          <p className={css.sub} style={{ marginTop: 12 }}>{t("spot.noStreet")}</p>
        ) : (
          <Trouble error={near.error} />
        ))}
      {near.data !== undefined && (
        <dl className={css.facts}>
          <dt>{t("spot.street")}</dt>
          <dd>{format.name(near.data.names, near.data.name) || t("street.unnamed")}</dd>
          <dt>{t("spot.class")}</dt>
          <dd>{t(`street.${near.data.class}` as "street.residential", { defaultValue: near.data.class.replaceAll("_", " ") })}</dd>
          {near.data.distance_m >= 1 && near.data.side !== "on" && (
            <>
              <dt>{t("spot.side")}</dt>
              <dd>{t(`spot.${near.data.side}`, { distance: format.distance(near.data.distance_m) })}</dd>
            </>
          )}
          {near.data.maxspeed_kmh !== null && (
            <>
              <dt>{t("spot.speed")}</dt>
              <dd>{t("spot.kmh", { speed: format.number(near.data.maxspeed_kmh) })}</dd>
            </>
          )}
          {near.data.surface !== null && (
            <>
              <dt>{t("spot.surface")}</dt>
              <dd>{t(`surface.${near.data.surface}` as "surface.asphalt", { defaultValue: near.data.surface.replaceAll("_", " ") })}</dd>
            </>
          )}
          <dt>{t("spot.position")}</dt>
          <dd>
            {spot.at[1].toFixed(5)}, {spot.at[0].toFixed(5)}
          </dd>
        </dl>
      )}
      <span className="hidden-text" role="status">
        {title}
      </span>
    </Panel>
  );
}

function localName(hit: Hit, title: string): string | undefined {
  const local = hit.names[""];
  return local === undefined || local === "" || title.includes(local) ? undefined : local;
}
