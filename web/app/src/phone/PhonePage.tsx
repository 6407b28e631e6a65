import { DatabaseZap, UserX } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLive } from "../live/LiveProvider";
import button from "../parts/Button.module.css";
import { Bones, Empty } from "../parts/parts";
import { useSession } from "../session/session";
import shell from "../shell/Shell.module.css";
import { At } from "./At";
import { chime } from "./chime";
import { keepSession } from "./memory";
import { Outbox } from "./outbox";
import { Phone } from "./phone";
import { keepShell } from "./worker/register";

// PhonePage is what officers and drivers have in their hand all day.
export default function PhonePage() {
  const { t } = useTranslation();
  const session = useSession();
  const { person } = session;
  const roles = person?.grants.map((g) => g.role) ?? [];
  const may = roles.includes("officer") || roles.includes("driver");
  useEffect(() => {
    if (!may) return;
    keepSession(session);
    keepShell();
  }, [may, session]);
  if (person === null) return null; // to the login page
  if (!may)
    return (
      <main className={shell.full}>
        <Empty icon={<UserX />} title={t("phone.notYours")}>
          <p>{t("phone.notYoursNote")}</p>
          <Link href="/map" className={`${button.button} ${button.main} ${button.big}`}>
            {t("phone.toMap")}
          </Link>
        </Empty>
      </main>
    );
  return <Ready key={person.id} person={person.id} officer={roles.includes("officer")} driver={roles.includes("driver")} />;
}

function Ready({ person, officer, driver }: { person: number; officer: boolean; driver: boolean }) {
  const { t } = useTranslation();
  const live = useLive();
  const [phone, setPhone] = useState<Phone | "broken" | null>(null);
  useEffect(() => {
    let stop: (() => void) | null = null;
    let gone = false;
    void Outbox.open().then(
      (outbox) => {
        if (gone) {
          outbox.close();
          return;
        }
        const made = new Phone(outbox, live, person, { walks: officer, runs: driver });
        made.onTask(chime);
        const end = made.begin();
        stop = () => {
          end();
          outbox.close();
        };
        setPhone(made);
      },
      () => setPhone("broken"),
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [live, person, officer, driver]);
  if (phone === "broken") return <Full><Empty icon={<DatabaseZap />} title={t("phone.noStorage")}><p>{t("phone.noStorageNote")}</p></Empty></Full>;
  if (phone === null) return <Full><Bones lines={4} /></Full>;
  return <At phone={phone} driver={driver && !officer} />;
}

function Full({ children }: { children: ReactNode }) {
  return <main className={shell.full}><div>{children}</div></main>;
}
