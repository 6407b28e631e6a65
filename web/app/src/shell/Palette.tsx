import { Command } from "cmdk";
import { BookOpen, ChartGantt, History, Keyboard, Languages, Layers, LogOut, Map as MapIcon, Moon, PencilRuler, Route, Search, Settings, ShieldBan, Trash2, Truck, UserCog } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { myRegisters } from "../fleet/registers";
import { setLanguage } from "../i18n/i18n";
import { moves, useDesk, useDeskStore } from "../map/desk";
import { Sheet } from "../parts/Dialog";
import { Kbd } from "../parts/parts";
import { useLive } from "../live/LiveProvider";
import { around } from "../past/moment";
import { mayAdmin, mayPlans, sections } from "../session/rights";
import { useSession } from "../session/session";
import { useSignOut } from "./MeMenu";
import css from "./Shell.module.css";
import { toggleTheme } from "./theme";

interface Action {
  id: string;
  text: string;
  icon: ReactNode;
  keys?: string;
  words?: string[]; // other words that find it, in either language
  run: () => void;
}

interface Props {
  open: boolean;
  onClose: () => void;
  onSearch: () => void;
  onHelp: () => void;
}

export function Palette({ open, onClose, onSearch, onHelp }: Props) {
  const { t, i18n } = useTranslation();
  const { person } = useSession();
  const [, go] = useLocation();
  const desk = useDeskStore();
  const { clock } = useLive();
  const hasRoute = useDesk((d) => d.from !== null || d.to !== null);
  const signOut = useSignOut();
  const rights = person?.rights ?? [];
  const other = i18n.language === "en" ? "zh-CN" : "en";
  const map: Action[] = [
    { id: "search", text: t("palette.search"), icon: <Search />, keys: "/", words: ["find", "place", "sousuo", "搜索"], run: onSearch },
    { id: "route", text: t("palette.route"), icon: <Route />, keys: "R", words: ["directions", "luxian", "路线"], run: () => { go("/map"); desk.set((d) => ({ ...d, card: "route" })); } },
    { id: "layers", text: t("palette.layers"), icon: <Layers />, keys: "L", words: ["tuceng", "图层"], run: () => { go("/map"); desk.set((d) => ({ ...d, layersOpen: true })); } },
  ];
  if (rights.includes("tracks.read")) map.push({ id: "past", text: t("past.open"), icon: <History />, keys: "P", words: ["replay", "huifang", "回放"], run: () => { go("/map"); desk.set((d) => moves.askPast(d, around(clock.now(), clock.now()))); } });
  if (hasRoute) map.push({ id: "clear", text: t("route.clear"), icon: <Trash2 />, run: () => desk.set(moves.clearRoute) });
  const pages: Action[] = [
    { id: "map", text: t("nav.map"), icon: <MapIcon />, words: ["home", "ditu", "地图"], run: () => go("/map") },
    ...(mayPlans(rights) ? [{ id: "plans", text: t("nav.plans"), icon: <ChartGantt />, words: ["gantt", "timeline", "tow", "patrol", "jihua", "计划", "清障", "巡查", "coverage", "覆盖"], run: () => go("/plans") }] : []),
    ...(rights.includes("drafts.read") ? [{ id: "studio", text: t("nav.studio"), icon: <PencilRuler />, words: ["plan", "grids", "wangge", "guihua", "网格", "规划"], run: () => go("/studio") }] : []),
    ...(rights.includes("zones.edit") ? [{ id: "zones", text: t("zoneEdit.title"), icon: <ShieldBan />, words: ["zones", "quyu", "guankong", "管控", "区域"], run: () => go("/studio/zones") }] : []),
    ...myRegisters(rights).map((r) => ({
      id: `fleet-${r.id}`,
      text: `${t("nav.fleet")}: ${t(`fleet.register.${r.id}`)}`,
      icon: <Truck />,
      words: ["taizhang", r.id],
      run: () => go(`/fleet/${r.id}`),
    })),
    ...(mayAdmin(rights) ? sections.filter((s) => rights.includes(s.right)) : []).map((s) => ({
      id: `admin-${s.id}`,
      text: `${t("nav.admin")}: ${t(`admin.${s.id}`)}`,
      icon: <UserCog />,
      words: ["guanli", s.id],
      run: () => go(`/admin/${s.id}`),
    })),
    { id: "account", text: t("me.account"), icon: <Settings />, words: ["password", "mima", "密码"], run: () => go("/account") },
    { id: "docs", text: t("nav.docs"), icon: <BookOpen />, words: ["api", "openapi"], run: () => go("/docs") },
  ];
  const rest: Action[] = [
    { id: "language", text: t("palette.language"), icon: <Languages />, words: ["language", "english", "中文", "yuyan"], run: () => setLanguage(other) },
    { id: "theme", text: t("palette.theme"), icon: <Moon />, keys: "T", words: ["dark", "light", "深色", "浅色", "theme"], run: toggleTheme },
    { id: "keys", text: t("keys.title"), icon: <Keyboard />, keys: "?", words: ["help", "bangzhu", "快捷键"], run: onHelp },
    { id: "logout", text: t("me.logout"), icon: <LogOut />, words: ["sign out", "tuichu"], run: () => void signOut() },
  ];
  const group = (heading: string, actions: Action[]) => (
    <Command.Group heading={heading}>
      {actions.map((a) => (
        <Command.Item key={a.id} value={a.id} keywords={[a.text, ...(a.words ?? [])]} onSelect={() => { onClose(); a.run(); }}>
          {a.icon}
          {a.text}
          {a.keys !== undefined && <Kbd>{a.keys}</Kbd>}
        </Command.Item>
      ))}
    </Command.Group>
  );
  return (
    <Sheet label={t("palette.title")} open={open} onClose={onClose}>
      <Command label={t("palette.title")} className={css.palette ?? ""} loop>
        <Command.Input autoFocus placeholder={t("palette.placeholder")} />
        <Command.List>
          <Command.Empty>{t("palette.none")}</Command.Empty>
          {group(t("nav.map"), map)}
          {group(t("palette.pages"), pages)}
          {group(t("palette.app"), rest)}
        </Command.List>
      </Command>
    </Sheet>
  );
}
