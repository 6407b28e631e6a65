import { CalendarClock, CircleHelp, Dog, House, Radio, ShieldX, Truck, Users, UsersRound, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import admin from "../admin/Admin.module.css";
import type { RegisterName } from "../api/registers";
import { Empty } from "../parts/parts";
import { useSession } from "../session/session";
import { NotFound } from "../shell/NotFound";
import css from "./Fleet.module.css";
import { RegisterSection } from "./RegisterSection";
import { StrangersSection } from "./StrangersSection";
import { myRegisters, registerList } from "./registers";

const icons: Record<RegisterName, LucideIcon> = { people: Users, teams: UsersRound, stations: House, vehicles: Truck, devices: Radio, dogs: Dog, shifts: CalendarClock };

const strangersTab = "strangers";

// FleetPage is the bureau's registers, one a tab.
export default function FleetPage() {
  const { t } = useTranslation();
  const { person } = useSession();
  const { register } = useParams();
  const mine = myRegisters(person?.rights ?? []);
  const first = mine[0];
  if (register === undefined && first !== undefined) return <Redirect to={`/fleet/${first.id}`} replace />;
  const strangers = register === strangersTab;
  const mayStrangers = person?.rights.includes("strangers.read") ?? false;
  if (register !== undefined && !strangers && !registerList.some((r) => r.id === register)) return <NotFound />;
  const known = mine.find((r) => r.id === register);
  if (known === undefined && !(strangers && mayStrangers))
    return (
      <Empty icon={<ShieldX />} title={t("admin.noRight")}>
        <p>{t("admin.noRightNote")}</p>
      </Empty>
    );
  return (
    <div className={css.page}>
      <h1>{t("nav.fleet")}</h1>
      <nav className={admin.tabs} aria-label={t("nav.fleet")}>
        {mine.map((r) => {
          const Icon = icons[r.id];
          return (
            <Link key={r.id} href={`/fleet/${r.id}`} className={admin.tab} aria-current={r.id === known?.id ? "page" : undefined}>
              <Icon aria-hidden /> {t(`fleet.register.${r.id}`)}
            </Link>
          );
        })}
        {mayStrangers && (
          <Link href={`/fleet/${strangersTab}`} className={admin.tab} aria-current={strangers ? "page" : undefined}>
            <CircleHelp aria-hidden /> {t("strangers.title")}
          </Link>
        )}
      </nav>
      {known === undefined ? <StrangersSection /> : <RegisterSection key={known.id} register={known} />}
    </div>
  );
}
