import { useMutation, useQuery } from "@tanstack/react-query";
import { Radio, SearchX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearch } from "wouter";
import { Problem } from "../api/problem";
import { trackers, type Frame, type FramePosition } from "../api/trackers";
import desk from "../desk/Desk.module.css";
import css from "../dogs/Dog.module.css";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Badge, Bones, Empty, Note, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import { readable, spaced, value } from "./frames";

// DevicePage is one device: what it is, and to who says why what it sent last.
export default function DevicePage() {
  const { t } = useTranslation();
  const id = new URLSearchParams(useSearch()).get("id") ?? "";
  const device = useQuery({ queryKey: ["device", id], queryFn: ({ signal }) => trackers.device(id, signal), enabled: id !== "" });
  const mayFrames = useRight("devices.frames");
  if (id === "" || (device.error instanceof Problem && device.error.status === 404))
    return (
      <Empty icon={<SearchX />} title={t("device.none")}>
        <p>{t("device.noneNote")}</p>
      </Empty>
    );
  const d = device.data;
  return (
    <div className={css.page}>
      {device.isPending && <Bones lines={5} />}
      {device.isError && <Trouble error={device.error} />}
      {d !== undefined && (
        <>
          <header className={css.head}>
            <Radio aria-hidden />
            <h1>{d.id}</h1>
            <Badge tone={d.disabled ? "warn" : "brand"}>{t(d.disabled ? "fleet.disabled" : "fleet.inUse")}</Badge>
          </header>
          <section className={css.card}>
            <dl className={desk.facts}>
              <dt>{t("fleet.field.class")}</dt>
              <dd>{t(`fleet.device.${d.class}`)}</dd>
              <dt>{t("fleet.field.protocol")}</dt>
              <dd>{d.protocol}</dd>
              <dt>{t("fleet.field.datum")}</dt>
              <dd>{t(`fleet.datum.${d.datum}`)}</dd>
              <dt>{t("fleet.field.subject")}</dt>
              <dd>{d.subject === null ? t("fleet.none") : `${t(`fleet.subject.${d.subject.class}`)} ${d.subject_name}`}</dd>
            </dl>
            <Link href="/fleet/devices">{t("device.register")}</Link>
          </section>
          {mayFrames && <Frames key={id} id={id} />}
        </>
      )}
    </div>
  );
}

// Frames are shown to who says why: they tell where the device was.
function Frames({ id }: { id: string }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const look = useMutation({ mutationFn: () => trackers.frames(id, why.trim()) });
  return (
    <section className={css.card}>
      <h2>{t("device.frames")}</h2>
      <form
        className={css.form}
        onSubmit={(e) => {
          e.preventDefault();
          if (why.trim().length >= 3) look.mutate();
        }}
      >
        <Field label={t("owner.why")} note={t("owner.logged")} value={why} onChange={setWhy} maxLength={300} />
        <div>
          <Button look="main" type="submit" isPending={look.isPending} why={why.trim().length < 3 ? t("owner.whyMissing") : undefined}>
            {t(look.data === undefined ? "device.show" : "device.again")}
          </Button>
        </div>
      </form>
      {look.isError && <Trouble error={look.error} />}
      {look.data?.frames.length === 0 && <Note>{t("device.nothing")}</Note>}
      <div className={css.frames} aria-live="polite">
        {look.data?.frames.map((f, i) => (
          <OneFrame key={look.data.sent - i} frame={f} />
        ))}
      </div>
    </section>
  );
}

function OneFrame({ frame: f }: { frame: Frame }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <article className={css.frame}>
      <header>
        <b>{format.time(f.at)}</b>
        <span>{f.protocol}</span>
        {f.kind !== "" && <span>{f.kind}</span>}
        <span>{f.address}</span>
        <span>{t("device.bytes", { count: f.length })}</span>
      </header>
      <pre>{f.text === "" ? spaced(f.hex) : f.text}</pre>
      {f.text === "" && readable(f.hex) !== null && <pre>{readable(f.hex)}</pre>}
      {f.problem !== "" && <p className={css.problem}>{f.problem}</p>}
      {f.positions.map((p, i) => (
        <Understood key={i} position={p} />
      ))}
      {f.count > f.positions.length && <p className={css.problem}>{t("device.more", { count: f.count - f.positions.length })}</p>}
    </article>
  );
}

function Understood({ position: p }: { position: FramePosition }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows: [string, string][] = [
    [t("device.time"), p.t === null ? t("device.untold") : format.time(p.t)],
    [t("unit.fixed"), p.at === null ? t("device.noPlace") : `${p.at[1].toFixed(6)}, ${p.at[0].toFixed(6)}${p.valid ? "" : ` (${t("device.invalid")})`}`],
    [t("unit.speed"), t("spot.kmh", { speed: format.number(Math.round(p.speed_kmh * 10) / 10) })],
    ...Object.entries(p.attributes ?? {}).map(([name, v]): [string, string] => [name, value(v)]),
  ];
  return (
    <dl>
      {rows.map(([name, text]) => [<dt key={`${name}-`}>{name}</dt>, <dd key={name}>{text}</dd>])}
    </dl>
  );
}
