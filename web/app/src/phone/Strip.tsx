import { CloudUpload, EllipsisVertical, Moon, SunMedium } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { setLanguage } from "../i18n/i18n";
import { usePulse } from "../live/LiveProvider";
import button from "../parts/Button.module.css";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Note } from "../parts/parts";
import { useSession } from "../session/session";
import { toggleTheme, useTheme } from "../shell/theme";
import { phaseAt } from "./duty";
import css from "./Phone.module.css";
import type { Phone } from "./phone";
import { usePhone } from "./usePhone";
import { WaitingSheet } from "./WaitingSheet";
import { useSignOutHere } from "./signout";
import { useWords } from "./words";

// The Strip always says whose shift it is, whether the server hears us, and what
// it hasn't heard yet.
export function Strip({ phone, now, offline }: { phone: Phone; now: number; offline: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const { shift, waiting, refused, sharing } = usePhone(phone);
  const { phase: line } = usePulse();
  const { demo } = useSession();
  const [more, setMore] = useState(false);
  const [queue, setQueue] = useState(false);
  const phase = phaseAt(shift, now);
  const count = waiting.steps + waiting.fixes;
  const link = line === "ended" ? "ended" : offline ? "lost" : "live";
  return (
    <header className={css.strip}>
      <div className={css.shift}>
        <b>{shift === null ? t("phone.shift.none") : `${words.clock(shift.from)}–${words.clock(shift.to)}`}</b>
        <span>
          {phase === "before" && shift !== null && t("phone.shift.before", { time: words.left(shift.from - now) })}
          {phase === "on" && shift !== null && t("phone.shift.on", { time: words.left(shift.to - now) })}
          {phase === "after" && t("phone.shift.after")}
          {phase === "none" && words.clock(now)}
        </span>
      </div>
      <div className={css.status}>
        <span className={css.link} data-state={link} role="status">
          <span className={css.dot} aria-hidden />
          {t(`phone.link.${link}`)}
        </span>
        {count === 0 && refused.length === 0 && demo && phase !== "none" && <span className={css.clock}>{t("phone.clock", { time: words.clock(now) })}</span>}
        {(count > 0 || refused.length > 0) && (
          <button type="button" className={css.waiting} data-bad={refused.length > 0} onClick={() => setQueue(true)}>
            <CloudUpload aria-hidden />
            {count > 0 ? t("phone.waiting", { count }) : t("phone.refused", { count: refused.length })}
          </button>
        )}
      </div>
      <button type="button" className={css.more} aria-label={t("phone.more")} onClick={() => setMore(true)}>
        <EllipsisVertical aria-hidden />
      </button>
      <MoreSheet phone={phone} open={more} onClose={() => setMore(false)} sharing={sharing} />
      <WaitingSheet phone={phone} open={queue} onClose={() => setQueue(false)} offline={offline} />
    </header>
  );
}

function MoreSheet({ phone, open, onClose, sharing }: { phone: Phone; open: boolean; onClose: () => void; sharing: boolean }) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const { person } = useSession();
  const { waiting } = usePhone(phone);
  const signOut = useSignOutHere(phone);
  const other = i18n.language === "en" ? "zh-CN" : "en";
  const count = waiting.steps + waiting.fixes;
  return (
    <Dialog title={person?.name === "" ? (person.login) : (person?.name ?? "")} open={open} onClose={onClose}>
      <div className={css.list}>
        {sharing && (
          <Button look="danger" big wide onPress={() => { phone.stop("self"); onClose(); }}>
            {t("phone.end")}
          </Button>
        )}
        <Button big wide onPress={() => setLanguage(other)} aria-label={t("shell.language")}>
          <span lang={other}>{t("shell.otherLanguage")}</span>
        </Button>
        <Button big wide icon={theme === "dark" ? <SunMedium /> : <Moon />} onPress={toggleTheme}>
          {t(theme === "dark" ? "shell.light" : "shell.dark")}
        </Button>
        <Link href="/map" className={`${button.button} ${button.plain} ${button.big} ${button.wide}`}>
          {t("phone.toDesk")}
        </Link>
        {count > 0 && <Note tone="warn">{t("phone.signOutWaiting", { count })}</Note>}
        <Button look="quiet" big wide onPress={() => void signOut()}>
          {t("me.logout")}
        </Button>
      </div>
    </Dialog>
  );
}
