import { useVirtualizer } from "@tanstack/react-virtual";
import { FileUp, Plus, Search, TriangleAlert } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { zoneKinds, type ZoneKind } from "../api/ground";
import type { ZoneFeature } from "../api/zones";
import type { Bounds } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import ground from "../map/Ground.module.css";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Empty } from "../parts/parts";
import { doubtsOf } from "./form";
import { useRuleWords } from "./words";
import css from "./Zones.module.css";

interface Props {
  zones: ZoneFeature[];
  bounds: Bounds;
  chosen: number | null;
  onChoose: (z: ZoneFeature) => void;
  onNew: () => void;
  onImport: () => void;
  no: string | undefined; // why nothing can be changed
}

const row = 58;
type Filter = ZoneKind | "all" | "doubt";

// ZoneList is every zone, found by name, kind or what is doubtful about it.
export function ZoneList({ zones, bounds, chosen, onChoose, onNew, onImport, no }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { clock } = useLive();
  const say = useRuleWords();
  const [typed, setTyped] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const box = useRef<HTMLDivElement>(null);
  const doubts = useMemo(() => new Map(zones.map((z) => [z.properties.id, doubtsOf(z, bounds)])), [zones, bounds]);
  const doubtful = zones.filter((z) => (doubts.get(z.properties.id) ?? []).length > 0).length;
  const shown = useMemo(() => {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    return zones.filter((z) => {
      const p = z.properties;
      if (filter === "doubt" ? (doubts.get(p.id) ?? []).length === 0 : filter !== "all" && p.kind !== filter) return false;
      const text = `${Object.values(p.name).join(" ")} #${p.id} ${t(`zones.kind.${p.kind}`)}`.toLowerCase();
      return words.every((w) => text.includes(w));
    });
  }, [zones, typed, filter, doubts, t]);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => box.current, estimateSize: () => row, overscan: 8 });
  return (
    <section className={css.list} aria-label={t("zoneEdit.list")}>
      <header className={css.head}>
        <nav className={css.tabs} aria-label={t("studio.title")}>
          <Link href="/studio">{t("zoneEdit.grids")}</Link>
          <Link href="/studio/zones" aria-current="page">
            {t("zoneEdit.title")}
          </Link>
        </nav>
        <div className={css.headActs}>
          <Button look="main" icon={<Plus />} keys="N" why={no} onPress={onNew}>
            {t("zoneEdit.new")}
          </Button>
          <Button icon={<FileUp />} why={no} onPress={onImport}>
            {t("zoneEdit.import")}
          </Button>
        </div>
        <div className={css.find}>
          <Field label={t("zoneEdit.find")} hideLabel placeholder={t("zoneEdit.find")} icon={<Search />} type="search" value={typed} onChange={setTyped} />
          <Choice<Filter>
            label={t("zoneEdit.kind")}
            hideLabel
            value={filter}
            onChange={setFilter}
            choices={[{ id: "all", text: t("zoneEdit.all") }, ...(doubtful === 0 ? [] : [{ id: "doubt" as const, text: t("zoneEdit.doubtful", { count: doubtful }) }]), ...zoneKinds.filter((k) => zones.some((z) => z.properties.kind === k)).map((k) => ({ id: k, text: t(`zones.kind.${k}`) }))]}
          />
        </div>
        <p className={css.count} role="status">
          {t("zoneEdit.count", { count: shown.length, n: format.number(shown.length) })}
        </p>
      </header>
      {shown.length === 0 && (
        <Empty icon={<Search />} title={t("zoneEdit.none")}>
          <p>{t("zoneEdit.noneNote")}</p>
        </Empty>
      )}
      <div ref={box} className={css.rows}>
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const z = shown[item.index];
            if (z === undefined) return null;
            const p = z.properties;
            const doubt = doubts.get(p.id) ?? [];
            return (
              <li key={p.id} style={{ transform: `translateY(${item.start}px)` }}>
                <button type="button" className={css.row} aria-pressed={p.id === chosen} onClick={() => onChoose(z)}>
                  <span className={ground.swatch} data-sign={p.kind} aria-hidden />
                  <span className={css.rowText}>
                    <b>{format.name(p.name, `#${p.id}`)}</b>
                    <small>
                      {t(`zones.kind.${p.kind}`)} · {say(p.rule, p.classes)}
                    </small>
                  </span>
                  {doubt.length > 0 ? (
                    <small className={css.doubt}>
                      <TriangleAlert aria-hidden /> {doubt.map((d) => t(`zoneEdit.doubt.${d}`)).join(", ")}
                    </small>
                  ) : (
                    p.rule.kind !== "none" && (
                      <small className={css.state} data-active={p.active}>
                        {p.next_change === null ? t(p.active ? "zones.now" : "zones.off") : t(p.active ? "zones.until" : "zones.starts", { when: format.soon(p.next_change, clock.now()) })}
                      </small>
                    )
                  )}
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}
