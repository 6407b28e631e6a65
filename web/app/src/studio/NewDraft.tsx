import { useMutation } from "@tanstack/react-query";
import type { MultiPolygon, Polygon } from "geojson";
import { Copy, Map as MapIcon, Waypoints, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components";
import { useLocation } from "wouter";
import { drafts as api, type Draft } from "../api/drafts";
import type { Plan } from "../api/ground";
import type { Bounds } from "../api/types";
import { useFormat } from "../i18n/format";
import { polygons } from "../map/anchor";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Choice, Field } from "../parts/Field";
import { Progress, Segments, Trouble } from "../parts/parts";
import css from "./Studio.module.css";

type Source = "streets" | "plan" | "draft";
const sources: { id: Source; icon: LucideIcon }[] = [
  { id: "streets", icon: Waypoints },
  { id: "plan", icon: MapIcon },
  { id: "draft", icon: Copy },
];
const seconds = 5;

// About how large a unit grid may be, in square metres: the national principle is
// ten thousand. A browser is quick with some thousands of them.
const sizes = ["10000", "30000", "100000"] as const;
type Size = (typeof sizes)[number];
const many = 8000;

// usualSize is the finest that makes no more unit grids than the brush is quick
// with: of the ground of the plan that holds, else of the map.
export function usualSize([w, s, e, n]: Bounds, plan: Plan | null | undefined): Size {
  const shrink = Math.cos(((s + n) * Math.PI) / 360);
  const degrees = plan === null || plan === undefined ? (e - w) * (n - s) : plan.features.reduce((sum, f) => sum + extent(f.geometry), 0);
  const m2 = degrees * 111_195 ** 2 * shrink;
  return sizes.find((size) => m2 / Number(size) <= many) ?? "100000";
}

// extent is an area in square degrees: outer rings run one way, holes the other.
function extent(area: Polygon | MultiPolygon): number {
  let twice = 0;
  for (const ring of polygons(area).flat())
    ring.forEach(([x = 0, y = 0], i) => {
      const [nx = 0, ny = 0] = ring[(i + 1) % ring.length] ?? [];
      twice += x * ny - nx * y;
    });
  return Math.abs(twice) / 2;
}

interface Props {
  size: Size;
  start: Source;
  copied: Draft | null;
  drafts: Draft[];
  onMade: () => void;
  onClose: () => void;
}

export function NewDraft({ start, size: usual, copied, drafts, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const format = useFormat();
  const [source, setSource] = useState<Source>(start);
  const [name, setName] = useState(copied === null ? "" : t("studio.copyName", { name: copied.name }));
  const [count, setCount] = useState("12");
  const [draft, setDraft] = useState<string | null>(copied === null ? null : String(copied.id));
  const [size, setSize] = useState<Size>(usual);
  const k = Number(count);
  const badCount = source === "streets" && !(Number.isInteger(k) && k >= 2 && k <= 500);
  const missing = name.trim() === "" ? t("studio.needName") : badCount ? t("studio.needCount") : source === "draft" && draft === null ? t("studio.needDraft") : undefined;
  const make = useMutation({
    mutationFn: () =>
      api.create({
        name: name.trim(),
        source,
        ...(source === "streets" ? { count: k, seconds, seed: 1, size_m2: Number(size) } : {}),
        ...(source === "draft" ? { draft: Number(draft) } : {}),
      }),
    onSuccess: (made) => {
      onMade();
      go(`/studio/${made.id}`);
    },
  });
  return (
    <form
      className={css.form}
      onSubmit={(e) => {
        e.preventDefault();
        if (missing === undefined && !make.isPending) make.mutate();
      }}
    >
      <RadioGroup aria-label={t("studio.source.label")} value={source} onChange={(v) => setSource(v as Source)} className={css.sources ?? ""}>
        {sources.map(({ id, icon: Icon }) => (
          <RadioField key={id} value={id} className={css.sourceField ?? ""} isDisabled={id === "draft" && drafts.length === 0}>
            <RadioButton className={css.source ?? ""}>
              <Icon aria-hidden />
              <span>
                <b>{t(`studio.source.${id}`)}</b>
                <span>{t(`studio.source.${id}Note`)}</span>
              </span>
            </RadioButton>
          </RadioField>
        ))}
      </RadioGroup>
      <Field label={t("studio.name")} placeholder={t("studio.namePlaceholder")} value={name} onChange={setName} maxLength={100} autoFocus />
      {source === "streets" && <Field label={t("studio.count")} note={t("studio.countNote")} value={count} onChange={setCount} inputMode="numeric" error={badCount && count !== "" ? t("studio.needCount") : undefined} />}
      {source === "streets" && (
        <div>
          <span className={css.label}>{t("studio.unitSize")}</span>
          <Segments label={t("studio.unitSize")} value={size} onChange={setSize} choices={sizes.map((id) => ({ id, text: t("studio.m2", { n: format.number(Number(id)) }) }))} />
        </div>
      )}
      {source === "draft" && <Choice label={t("studio.which")} value={draft} choices={drafts.map((d) => ({ id: String(d.id), text: d.name }))} onChange={setDraft} />}
      {make.isPending && (source === "streets" ? <Cutting /> : null)}
      {make.isError && <Trouble error={make.error} />}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="main" type="submit" isPending={make.isPending} why={missing}>
          {t("studio.make")}
        </Button>
      </DialogFoot>
    </form>
  );
}

// Cutting shows how far the cut should be: it ends by itself after its time.
function Cutting() {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setAt((x) => x + 0.25), 250);
    return () => clearInterval(timer);
  }, []);
  const whole = seconds + 4;
  return <Progress label={t(at < 3 ? "studio.cutting" : "studio.proposing")} fraction={Math.min(0.97, at / whole)} text={t("studio.seconds", { n: Math.max(1, Math.ceil(whole - at)) })} />;
}
