import { KeyRound, Map as MapIcon, Network, ScrollText, ShieldX, Users, Webhook, type LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import page from "../account/Page.module.css";
import { Empty } from "../parts/parts";
import { sections, type Section } from "../session/rights";
import { useSession } from "../session/session";
import { NotFound } from "../shell/NotFound";
import css from "./Admin.module.css";
import { AreasSection } from "./AreasSection";
import { AuditSection } from "./AuditSection";
import { HooksSection } from "./HooksSection";
import { MapSection } from "./MapSection";
import { PeopleSection } from "./PeopleSection";
import { RolesSection } from "./RolesSection";

const parts: Record<Section, { icon: LucideIcon; body: ComponentType }> = {
  people: { icon: Users, body: PeopleSection },
  areas: { icon: Network, body: AreasSection },
  roles: { icon: KeyRound, body: RolesSection },
  audit: { icon: ScrollText, body: AuditSection },
  map: { icon: MapIcon, body: MapSection },
  hooks: { icon: Webhook, body: HooksSection },
};

export default function AdminPage() {
  const { t } = useTranslation();
  const { person } = useSession();
  const params = useParams();
  const mine = sections.filter((s) => person?.rights.includes(s.right));
  const first = mine[0];
  if (params.section === undefined && first !== undefined) return <Redirect to={`/admin/${first.id}`} replace />;
  const known = sections.find((s) => s.id === params.section);
  if (known === undefined && params.section !== undefined) return <NotFound />;
  if (known === undefined || !mine.includes(known))
    return (
      <Empty icon={<ShieldX />} title={t("admin.noRight")}>
        <p>{t("admin.noRightNote")}</p>
      </Empty>
    );
  const Body = parts[known.id].body;
  return (
    <div className={page.page}>
      <h1>{t("nav.admin")}</h1>
      <nav className={css.tabs} aria-label={t("nav.admin")}>
        {mine.map((s) => {
          const Icon = parts[s.id].icon;
          return (
            <Link key={s.id} href={`/admin/${s.id}`} className={css.tab} aria-current={s.id === known.id ? "page" : undefined}>
              <Icon aria-hidden /> {t(`admin.${s.id}`)}
            </Link>
          );
        })}
      </nav>
      <Body />
    </div>
  );
}
