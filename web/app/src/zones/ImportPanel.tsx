import { useMutation } from "@tanstack/react-query";
import { CircleCheck, MapPin, Upload } from "lucide-react";
import { useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { zoneKinds, type ZoneKind } from "../api/ground";
import { bringObjects, objectKinds, type ObjectKind } from "../api/objects";
import { Problem } from "../api/problem";
import { zones as api, type ImportOrder, type PlaceImport, type ZoneFault, type ZoneKindInfo } from "../api/zones";
import { sayFault } from "../fleet/faults";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Panel } from "../parts/Panel";
import { Bones, Note, Segments, Switch, Trouble } from "../parts/parts";
import { Kinds } from "./Kinds";
import css from "./Zones.module.css";

interface Props {
  kinds: ZoneKindInfo[];
  onFault: (f: ZoneFault) => void;
  onDone: () => void;
  onClose: () => void;
}

const datums = ["wgs84", "gcj02", "bd09"] as const;
const things = ["zones", "objects"] as const;
type Thing = (typeof things)[number];

interface Order extends ImportOrder {
  thing: Thing;
  object: ObjectKind | ""; // "": a column says
}

const bring = (file: File, { thing, object, ...order }: Order) => (thing === "zones" ? api.import(file, order) : bringObjects(file, { ...order, kind: object }));

// ImportPanel takes a file of zones, or of objects of the register: choose it, say what
// it is, look at its faults, then add all of it or nothing.
export function ImportPanel({ kinds, onFault, onDone, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [file, setFile] = useState<File | null>(null);
  const [order, setOrder] = useState<Order>({ thing: "zones", kind: "parking-frame", object: "" });
  const [skip, setSkip] = useState(false);
  const [over, setOver] = useState(false);
  const check = useMutation({ mutationFn: (a: { file: File; order: Order }) => bring(a.file, a.order) });
  const apply = useMutation({
    mutationFn: (a: { file: File; order: Order }) => bring(a.file, { ...a.order, apply: true, skip }),
    onSuccess: onDone,
  });
  const look = (f: File, o: Order) => {
    setOrder(o);
    apply.reset();
    check.mutate({ file: f, order: o });
  };
  const take = async (f: File | undefined) => {
    if (f === undefined) return;
    // Read at once: a file that is saved again under our hands can be read no more.
    const kept = new File([await f.arrayBuffer()], f.name);
    setFile(kept);
    setSkip(false);
    look(kept, { thing: order.thing, kind: order.kind, object: order.object });
  };
  const again = () => {
    setFile(null);
    check.reset();
    apply.reset();
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    void take(e.dataTransfer.files[0]);
  };
  const change = (next: Partial<Order>) => {
    if (file !== null) look(file, { ...order, ...next });
    else setOrder({ ...order, ...next });
  };
  const report = check.data;
  const info = kinds.find((k) => k.kind === order.kind);
  if (apply.data !== undefined)
    return (
      <Panel title={t("zoneEdit.import")} onClose={onClose} className={css.form}>
        <Note>
          <CircleCheck aria-hidden /> {t(order.thing === "zones" ? "zoneEdit.file.done" : "objects.done", { count: apply.data.imported, n: format.number(apply.data.imported) })}
        </Note>
        <div className={css.acts}>
          <Button onPress={again}>{t("zoneEdit.file.another")}</Button>
          <Button look="main" onPress={onClose}>
            {t("parts.close")}
          </Button>
        </div>
      </Panel>
    );
  return (
    <Panel title={t("zoneEdit.import")} onClose={onClose} className={css.form}>
      <div className={css.steps}>
        {file === null ? (
          <label
            className={css.drop}
            data-over={over}
            onDragOver={(e) => {
              e.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          >
            <Upload aria-hidden />
            <b>{t("zoneEdit.file.drop")}</b>
            <span>{t("zoneEdit.file.formats")}</span>
            <input type="file" accept=".geojson,.json,.zip,.kml,.kmz,.csv" onChange={(e) => void take(e.target.files?.[0])} />
          </label>
        ) : (
          <p>
            <b>{file.name}</b>{" "}
            <Button look="quiet" onPress={again}>
              {t("zoneEdit.file.another")}
            </Button>
          </p>
        )}
        <Segments<Thing> label={t("zoneEdit.file.thing")} value={order.thing} onChange={(thing) => change({ thing })} choices={things.map((id) => ({ id, text: t(`zoneEdit.file.things.${id}`) }))} />
        {order.thing === "zones" ? (
          <Choice<ZoneKind> label={t("zoneEdit.kind")} value={order.kind} onChange={(kind) => change({ kind })} choices={zoneKinds.map((id) => ({ id, text: t(`zones.kind.${id}`) }))} />
        ) : (
          <Choice<ObjectKind | ""> label={t("zoneEdit.kind")} value={order.object} onChange={(object) => change({ object })} choices={[{ id: "", text: t("objects.byColumn") }, ...objectKinds.map((id) => ({ id, text: t(`objects.kind.${id}`) }))]} />
        )}
        {report !== undefined && (
          <>
            <Choice<string> label={t("zoneEdit.file.name")} value={order.name ?? report.name} onChange={(name) => change({ name })} choices={report.columns.map((c) => ({ id: c.name, text: c.name, note: c.samples.join(" · ") }))} placeholder={t("zoneEdit.file.byStreet")} />
            <Choice<string> label={t("zoneEdit.file.datum")} value={order.datum ?? "wgs84"} onChange={(datum) => change({ datum })} choices={datums.map((id) => ({ id, text: t(`zoneEdit.file.datums.${id}`) }))} />
            {report.better !== undefined && (
              <Note tone="warn">
                {t("zoneEdit.file.better", { datum: t(`zoneEdit.file.datums.${report.better as "gcj02"}`), share: format.percent(report.better_on_streets), now: format.percent(report.on_streets) })}{" "}
                <Button look="quiet" onPress={() => change({ datum: report.better ?? "wgs84" })}>
                  {t("zoneEdit.file.takeBetter")}
                </Button>
              </Note>
            )}
            {order.thing === "zones" && (report.lines ?? 0) > 0 && <Field label={t("zoneEdit.width")} value={order.width ?? String(info?.width_m ?? 6)} inputMode="decimal" onChange={(width) => change({ width })} />}
            {order.thing === "zones" && (report.points ?? 0) > 0 && <Field label={t("zoneEdit.radius")} value={order.radius ?? String(info?.radius_m ?? 10)} inputMode="decimal" onChange={(radius) => change({ radius })} />}
            <Switch on={order.apart === true} onChange={(apart) => change({ apart })}>
              {t("zoneEdit.file.apart")}
            </Switch>
          </>
        )}
        {check.isPending && report === undefined && <Bones lines={4} />}
        {check.isError && (
          <>
            <Trouble error={check.error} />
            {check.error instanceof Problem && <p className={css.detail}>{Object.values(check.error.fields)[0] ?? check.error.message}</p>}
          </>
        )}
        {report !== undefined && <Figures report={report} />}
        {report !== undefined && report.faults.length > 0 && (
          <>
            <Note tone="bad">{t("zoneEdit.file.faults", { count: report.faults.length + report.more_faults })}</Note>
            <div className={css.faults} role="region" tabIndex={0} aria-label={t("zoneEdit.file.faultList")}>
              {report.faults.slice(0, 200).map((f, i) => (
                <button key={i} type="button" disabled={f.at === undefined} onClick={() => onFault(f)}>
                  <b>
                    {f.line}
                    {f.at !== undefined && <MapPin aria-label={t("zoneEdit.file.show")} />}
                  </b>
                  <span>{sayFault(f.what, i18n.language)}</span>
                  <small>{sayFault(f.mend, i18n.language)}</small>
                </button>
              ))}
            </div>
            <Switch on={skip} onChange={setSkip}>
              {t("zoneEdit.file.skip")}
            </Switch>
          </>
        )}
        {apply.isError && <Trouble error={apply.error} />}
      </div>
      <footer className={css.foot}>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <span />
        <Button
          look="main"
          isPending={apply.isPending}
          why={file === null || report === undefined ? t("zoneEdit.file.first") : report.good === 0 ? t("zoneEdit.file.nothing") : report.faults.length > 0 && !skip ? t("zoneEdit.file.mend") : undefined}
          onPress={() => {
            if (file !== null) apply.mutate({ file, order });
          }}
        >
          {t("zoneEdit.file.go", { count: report?.good ?? 0, n: format.number(report?.good ?? 0) })}
        </Button>
      </footer>
    </Panel>
  );
}

function Figures({ report }: { report: PlaceImport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const figures = [
    ["rows", report.rows],
    ["good", report.good],
    ["atStreets", report.at_streets],
    ["faulty", report.faults.length + report.more_faults],
  ] as const;
  return (
    <>
      <dl className={css.figures}>
        {figures.map(([key, n]) => (
          <div key={key} data-tone={key === "faulty" && n > 0 ? "bad" : "plain"}>
            <dt>{t(`zoneEdit.file.${key}`)}</dt>
            <dd>{format.number(n)}</dd>
          </div>
        ))}
      </dl>
      {report.kinds !== undefined && <Kinds of={report.kinds} />}
      <p className={css.hint}>{t("zoneEdit.file.sides", { count: report.segments, segments: format.number(report.segments), left: format.number(report.left), right: format.number(report.right) })}</p>
    </>
  );
}
