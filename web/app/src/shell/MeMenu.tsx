import { useQueryClient } from "@tanstack/react-query";
import { BookOpen, ChartGantt, LogOut, PencilRuler, Settings, Smartphone, Truck, UserCog } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useLocation } from "wouter";
import { session as api } from "../api/queries";
import menu from "../parts/Menu.module.css";
import button from "../parts/Button.module.css";
import { sessionKey, useSession } from "../session/session";
import { mayFleet } from "../fleet/registers";
import { mayAdmin, mayPlans } from "../session/rights";
import css from "./Shell.module.css";

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const [, go] = useLocation();
  return async () => {
    // Even if the server can not be told, nothing of this person stays on the screen.
    await api.logout().catch(() => undefined);
    client.removeQueries({ predicate: (q) => q.queryKey[0] !== sessionKey[0] });
    await client.invalidateQueries({ queryKey: sessionKey });
    go("/login");
  };
}

export function MeMenu() {
  const { t } = useTranslation();
  const { person } = useSession();
  const [, go] = useLocation();
  const signOut = useSignOut();
  if (person === null) return null;
  const name = person.name === "" ? person.login : person.name;
  return (
    <MenuTrigger>
      <AriaButton className={`${button.button} ${button.quiet} ${button.icon} ${css.me}`} aria-label={t("me.menu", { name })}>
        {/* drawn by CSS: the button's name says who it is */}
        <span className={css.avatar} data-initials={initials(name)} />
      </AriaButton>
      <Popover className={menu.popover ?? ""} placement="bottom end" offset={4}>
        <div className={menu.head}>
          <b>{name}</b>
          <span>{[...new Set(person.grants.map((g) => t(`role.${g.role}`)))].join(" · ")}</span>
        </div>
        <Menu className={menu.list ?? ""}>
          <MenuItem className={menu.item ?? ""} onAction={() => go("/account")}>
            <Settings aria-hidden /> {t("me.account")}
          </MenuItem>
          {mayFleet(person.rights) && (
            <MenuItem className={menu.item ?? ""} onAction={() => go("/fleet")}>
              <Truck aria-hidden /> {t("nav.fleet")}
            </MenuItem>
          )}
          {mayPlans(person.rights) && (
            <MenuItem className={menu.item ?? ""} onAction={() => go("/plans")}>
              <ChartGantt aria-hidden /> {t("nav.plans")}
            </MenuItem>
          )}
          {person.rights.includes("drafts.read") && (
            <MenuItem className={menu.item ?? ""} onAction={() => go("/studio")}>
              <PencilRuler aria-hidden /> {t("nav.studio")}
            </MenuItem>
          )}
          {mayAdmin(person.rights) && (
            <MenuItem className={menu.item ?? ""} onAction={() => go("/admin")}>
              <UserCog aria-hidden /> {t("nav.admin")}
            </MenuItem>
          )}
          {person.grants.some((g) => g.role === "officer" || g.role === "driver") && (
            // loaded anew, so that the page's service worker minds it
            <MenuItem className={menu.item ?? ""} onAction={() => location.assign("/phone")}>
              <Smartphone aria-hidden /> {t("phone.desk")}
            </MenuItem>
          )}
          <MenuItem className={menu.item ?? ""} onAction={() => go("/docs")}>
            <BookOpen aria-hidden /> {t("nav.docs")}
          </MenuItem>
          <MenuItem className={`${menu.item} ${menu.danger}`} onAction={() => void signOut()}>
            <LogOut aria-hidden /> {t("me.logout")}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

// initials: two letters of a Latin name, the family name's character of a Chinese one.
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  if (/^[\u3400-\u9fff]/.test(name)) return name.slice(0, 1);
  return words
    .slice(0, 2)
    .map((w) => Array.from(w)[0]?.toUpperCase() ?? "")
    .join("");
}
