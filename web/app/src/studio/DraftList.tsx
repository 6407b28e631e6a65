import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, Map as MapIcon, PencilRuler, Plus, ShieldBan, Waypoints } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { drafts, type Draft } from "../api/drafts";
import type { Bounds } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import { usePlan } from "../map/ground";
import { Button } from "../parts/Button";
import button from "../parts/Button.module.css";
import { Dialog } from "../parts/Dialog";
import { Bones, Empty, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import { useKeys } from "../shell/keys";
import { Manned } from "./Manned";
import { NewDraft, usualSize } from "./NewDraft";
import { StateBadge } from "./StateBadge";
import css from "./Studio.module.css";

export const draftsKey = ["drafts"];

type Start = { source: "streets" | "plan" } | { source: "draft"; draft: Draft };

export function DraftList({ bounds }: { bounds: Bounds }) {
  const { t } = useTranslation();
  const mayEdit = useRight("drafts.edit");
  const mayZones = useRight("zones.read");
  const plan = usePlan();
  const client = useQueryClient();
  const [start, setStart] = useState<Start | null>(null);
  const list = useQuery({ queryKey: draftsKey, queryFn: ({ signal }) => drafts.list(signal), staleTime: 0 });
  const shown = (list.data ?? []).filter((d) => d.state !== "discarded").sort((a, b) => Date.parse(b.changed_at) - Date.parse(a.changed_at));
  const no = mayEdit ? undefined : t("studio.noRight");
  useKeys({ N: () => { if (mayEdit) setStart({ source: "streets" }); } });
  return (
    <div className={css.list}>
      <header className={css.listHead}>
        <div>
          <h1>{t("studio.title")}</h1>
          <p>{t("studio.intro")}</p>
        </div>
        {mayZones && (
          <Link href="/studio/zones" className={`${button.button}`}>
            <ShieldBan aria-hidden /> {t("zoneEdit.title")}
          </Link>
        )}
        <Button look="main" icon={<Plus />} why={no} onPress={() => setStart({ source: "streets" })}>
          {t("studio.new")}
        </Button>
      </header>
      <Manned />
      {list.isPending && <Bones lines={6} />}
      {list.isError && <Trouble error={list.error} retry={<Button onPress={() => void list.refetch()}>{t("link.retry")}</Button>} />}
      {list.isSuccess && shown.length === 0 && (
        <div className={css.nothing}>
          <Empty icon={<PencilRuler />} title={t("studio.none")}>
            <p>{t("studio.noneNote")}</p>
            {mayEdit && (
              <div className={css.ways}>
                <Button look="main" big icon={<Waypoints />} onPress={() => setStart({ source: "streets" })}>
                  {t("studio.fromStreets")}
                </Button>
                <Button big icon={<MapIcon />} onPress={() => setStart({ source: "plan" })}>
                  {t("studio.fromPlan")}
                </Button>
              </div>
            )}
          </Empty>
        </div>
      )}
      <ul className={css.cards}>
        {shown.map((d) => (
          <Card key={d.id} draft={d} {...(mayEdit ? { onCopy: () => setStart({ source: "draft", draft: d }) } : {})} />
        ))}
      </ul>
      <Dialog title={t("studio.new")} open={start !== null} onClose={() => setStart(null)}>
        {start !== null && <NewDraft start={start.source} size={usualSize(bounds, plan)} copied={start.source === "draft" ? start.draft : null} drafts={shown} onMade={() => void client.invalidateQueries({ queryKey: draftsKey })} onClose={() => setStart(null)} />}
      </Dialog>
    </div>
  );
}

function Card({ draft: d, onCopy }: { draft: Draft; onCopy?: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { clock } = useLive();
  return (
    <li className={css.card}>
      <Link href={`/studio/${d.id}`} className={css.cardLink}>
        <Blocks seed={d.id} />
        <span className={css.cardText}>
          <b>{d.name}</b>
          <span>
            {t("studio.cardParts", { count: d.parts, n: format.number(d.parts) })} · {t("studio.cardUnits", { count: d.units, n: format.number(d.units) })}
          </span>
          <span>
            {t("studio.changedBy", { who: d.changed_by?.name ?? t("studio.somebody"), when: format.relative(d.changed_at, clock.now()) })}
          </span>
        </span>
        <StateBadge state={d.state} />
      </Link>
      {onCopy !== undefined && <Button look="quiet" icon={<Copy />} label={t("studio.copyOf", { name: d.name })} onPress={onCopy} />}
    </li>
  );
}

// Blocks is a picture of some city blocks, for no two drafts the same.
function Blocks({ seed }: { seed: number }) {
  const cells = ["M4 4h17v15H4z", "M24 4h12v23H24z", "M39 4h17v10H39z", "M4 22h17v19H4z", "M24 30h12v11H24z", "M39 17h17v24H39z"];
  return (
    <svg className={css.blocks} viewBox="0 0 60 45" aria-hidden>
      {cells.map((d, i) => (
        <path key={d} d={d} style={{ fill: `var(--map-part-${(seed * 3 + i * ((seed % 2) * 2 + 1)) % 8})` }} />
      ))}
    </svg>
  );
}
