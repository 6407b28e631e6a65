import { Clock3, MapPin, Play, ShieldCheck, Smartphone, Users } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "../parts/parts";
import { allowSound } from "./chime";
import type { Phase } from "./duty";
import { supported } from "./gps";
import { Foot, MainButton } from "./MainButton";
import css from "./Phone.module.css";
import type { Phone } from "./phone";
import { usePhone } from "./usePhone";
import { useWords } from "./words";

// StartPane asks before anything is shared: what, with whom, until when.
export function StartPane({ phone, now, phase, driver }: { phone: Phone; now: number; phase: Phase; driver: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const { shift, stopped, fresh, ready } = usePhone(phone);
  const start = () => {
    allowSound();
    phone.share();
  };
  const why =
    phase === "before" && shift !== null
      ? t("phone.start.before", { time: words.clock(shift.from), left: words.left(shift.from - now) })
      : phase === "after"
        ? t("phone.start.after")
        : phase === "none"
          ? t(ready && fresh ? "phone.start.none" : "phone.start.unknown")
          : null;
  return (
    <>
      <div className={css.scroll} tabIndex={0}>
        <h1 className={css.title}>{t(stopped === "self" ? "phone.start.again" : "phone.start.title")}</h1>
        {stopped === "off-shift" && <Note tone="warn">{t("phone.start.offShift")}</Note>}
        {stopped === "over" && <Note>{t("phone.start.over")}</Note>}
        {supported() === "insecure" && <Insecure />}
        {supported() === "unsupported" && <Note tone="bad">{t("phone.gps.unsupported")}</Note>}
        <ul className={css.facts}>
          <Fact icon={<MapPin />}>{t("phone.start.what")}</Fact>
          <Fact icon={<Users />}>{t(driver ? "phone.start.whomDriver" : "phone.start.whom")}</Fact>
          <Fact icon={<Clock3 />}>{shift === null || phase === "after" ? t("phone.start.whenever") : t("phone.start.until", { time: words.clock(shift.to) })}</Fact>
          <Fact icon={<Smartphone />}>{t("phone.start.screen")}</Fact>
          <Fact icon={<ShieldCheck />}>{t("phone.start.kept")}</Fact>
        </ul>
      </div>
      <Foot>
        <MainButton icon={<Play />} why={why} onPress={start}>
          {t("phone.start.go")}
        </MainButton>
      </Foot>
    </>
  );
}

function Fact({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <li>
      <span aria-hidden>{icon}</span>
      <span>{children}</span>
    </li>
  );
}

// Insecure: over plain http a browser gives no position and keeps no page.
export function Insecure() {
  const { t } = useTranslation();
  return (
    <Note tone="bad">
      {t("phone.gps.insecure")} <a href="/trust">{t("phone.gps.trust")}</a>
    </Note>
  );
}
