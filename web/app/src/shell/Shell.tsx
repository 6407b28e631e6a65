import { ChartGantt, Command as CommandIcon, Moon, PencilRuler, Sun } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useFormat } from "../i18n/format";
import { setLanguage } from "../i18n/i18n";
import { SearchBox } from "../map/search/SearchBox";
import { Button } from "../parts/Button";
import button from "../parts/Button.module.css";
import { Counters, LiveSign, StaleBanner } from "../desk/Strip";
import { mayPlans } from "../session/rights";
import { useRight, useSession } from "../session/session";
import { Mark } from "./Brand";
import { ConditionBanner } from "./Condition";
import { ConnectionSign, OfflineBanner } from "./Connection";
import { useKeys } from "./keys";
import { KeysSheet } from "./KeysSheet";
import { MeMenu } from "./MeMenu";
import { Palette } from "./Palette";
import css from "./Shell.module.css";
import { toggleTheme, useTheme } from "./theme";

export function focusSearch(): void {
  // The strip's box at a desk, the sheet's on a phone: the one that is shown.
  const boxes = [...document.querySelectorAll<HTMLInputElement>("input[data-search]")];
  boxes.find((b) => b.offsetParent !== null)?.focus();
}

// The Shell is the frame of every page behind the login.
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { bureau, demo } = useSession();
  const format = useFormat();
  const [, go] = useLocation();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const maySearch = useRight("search");
  const mayLive = useRight("units.live");
  const mayPlan = useRight("drafts.edit");
  const seesPlans = mayPlans(useSession().person?.rights ?? []);
  useKeys({
    "Ctrl+K": () => setPalette((open) => !open),
    "?": () => setHelp(true),
    "/": focusSearch,
    T: toggleTheme,
  });
  return (
    <div className={css.page}>
      <a className={css.skip} href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>
        {t("shell.skip")}
      </a>
      <header className={css.strip}>
        <Link href="/map" className={css.brand} aria-label={t("shell.home")}>
          <Mark />
          citygrid
        </Link>
        <span className={css.bureau}>
          {format.name(bureau)}
          {demo && ` · ${t("shell.demo")}`}
        </span>
        <div className={css.middle}>
          {maySearch && (
            <div className={css.search} role="search">
              <SearchBox />
            </div>
          )}
          <span className={css.desk}>
            <Button look="quiet" icon={<CommandIcon />} label={t("palette.title")} keys="Ctrl+K" onPress={() => setPalette(true)} />
          </span>
        </div>
        <div className={css.right}>
          <Counters />
          {seesPlans && (
            <Link href="/plans" className={`${button.button} ${button.quiet} ${css.desk}`}>
              <ChartGantt aria-hidden /> {t("nav.plans")}
            </Link>
          )}
          {mayPlan && (
            <Link href="/studio" className={`${button.button} ${button.quiet} ${css.desk}`}>
              <PencilRuler aria-hidden /> {t("nav.studio")}
            </Link>
          )}
          {mayLive ? <LiveSign /> : <ConnectionSign />}
          <Tools />
          <MeMenu />
        </div>
      </header>
      {mayLive ? <StaleBanner /> : <OfflineBanner />}
      <ConditionBanner />
      <main id="main" tabIndex={-1} className={css.main}>
        {children}
      </main>
      <Palette open={palette} onClose={() => setPalette(false)} onHelp={() => setHelp(true)} onSearch={() => { go("/map"); setTimeout(focusSearch, 50); }} />
      <KeysSheet open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

// Tools switch language and theme; the login and setup pages have them too.
export function Tools() {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const other = i18n.language === "en" ? "zh-CN" : "en";
  return (
    <>
      <span className={css.desk}>
        <Button look="quiet" onPress={() => setLanguage(other)} aria-label={t("shell.language")}>
          <span lang={other}>{t("shell.otherLanguage")}</span>
        </Button>
      </span>
      <span className={css.desk}>
        <Button look="quiet" icon={theme === "dark" ? <Sun /> : <Moon />} label={t(theme === "dark" ? "shell.light" : "shell.dark")} keys="T" onPress={toggleTheme} />
      </span>
    </>
  );
}
