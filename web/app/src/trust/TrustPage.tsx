import { Download, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Authority } from "../api/types";
import { useFormat } from "../i18n/format";
import { Front } from "../login/LoginPage";
import button from "../parts/Button.module.css";
import { Choice } from "../parts/Field";
import { Bones, Empty, Note, Trouble } from "../parts/parts";
import { useAuthority } from "./authority";
import { steps, systemOf, systems } from "./systems";
import css from "./Trust.module.css";

// TrustPage gives devices the server's local certificate authority. It is open to
// everybody: a device needs it before anybody can sign in there without a warning.
export default function TrustPage() {
  const { t } = useTranslation();
  const { data, error } = useAuthority();
  return (
    <Front wide>
      <div className={css.page}>
        <h1>{t("trust.title")}</h1>
        {error !== null ? <Trouble error={error} /> : data === undefined ? <Bones lines={6} /> : data === null ? <Nothing /> : <Install authority={data} />}
        <Link href="/login">{t("trust.back")}</Link>
      </div>
    </Front>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <Empty icon={<ShieldCheck />} title={t("trust.nothing")}>
      <p>{t("trust.nothingNote")}</p>
    </Empty>
  );
}

function Install({ authority }: { authority: Authority }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [system, setSystem] = useState(() => systemOf(navigator.userAgent, navigator.maxTouchPoints > 1));
  return (
    <>
      <p>{t("trust.why")}</p>
      <section className={css.part}>
        <h2>{t("trust.compare")}</h2>
        <p>{t("trust.compareNote")}</p>
        <Fingerprint sha256={authority.sha256} />
        <Note tone="warn">{t("trust.differs")}</Note>
      </section>
      <section className={css.part}>
        <h2>{t("trust.install")}</h2>
        <Choice label={t("trust.device")} value={system} onChange={setSystem} choices={systems.map((id) => ({ id, text: t(`trust.system.${id}`) }))} />
        <a className={`${button.button} ${button.main} ${button.big} ${button.wide} ${css.get}`} href="/ca.crt">
          <Download aria-hidden />
          {t("trust.get")}
        </a>
        <ol className={css.steps}>
          {Array.from({ length: steps[system] }, (_, i) => (
            <li key={i}>{t(`trust.step.${system}.${i + 1}` as "trust.step.ios.1", { name: authority.name })}</li>
          ))}
        </ol>
      </section>
      <p className={css.muted}>{t("trust.limits", { name: authority.name, until: format.date(authority.until) })}</p>
    </>
  );
}

// Fingerprint is in pieces that two people can read to each other.
function Fingerprint({ sha256 }: { sha256: string }) {
  const { t } = useTranslation();
  const pairs = sha256.split(":");
  const groups = Array.from({ length: pairs.length / 4 }, (_, i) => pairs.slice(4 * i, 4 * i + 4).join(":"));
  return (
    <code className={css.print} data-testid="fingerprint" aria-label={t("trust.fingerprint")} role="group">
      {groups.map((g, i) => (
        <span key={i}>{g}</span>
      ))}
    </code>
  );
}
