import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { session as api } from "../api/queries";
import { isLanguage, setLanguage } from "../i18n/i18n";
import { NewPassword, useNewPassword } from "../login/NewPassword";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Badge, Note, Segments, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useSession } from "../session/session";
import { setTheme, useThemeWish } from "../shell/theme";
import css from "./Page.module.css";

export default function AccountPage() {
  const { t, i18n } = useTranslation();
  const { person } = useSession();
  const wish = useThemeWish();
  if (person === null) return null;
  return (
    <div className={`${css.page} ${css.narrow}`}>
      <h1>{t("me.account")}</h1>
      <section className={css.card}>
        <div className={css.row}>
          <div>
            <h2>{person.name === "" ? person.login : person.name}</h2>
            <span className={css.muted}>{person.login}</span>
          </div>
          <div className={css.roles}>
            {[...new Set(person.grants.map((g) => g.role))].map((role) => (
              <Badge key={role} tone="brand">
                {t(`role.${role}`)}
              </Badge>
            ))}
          </div>
        </div>
      </section>
      <section className={css.card}>
        <h2>{t("account.look")}</h2>
        <div className={css.row}>
          <span>{t("account.language")}</span>
          <Segments
            label={t("account.language")}
            value={isLanguage(i18n.language) ? i18n.language : "en"}
            onChange={setLanguage}
            choices={[
              { id: "zh-CN", text: t("language.zh") },
              { id: "en", text: t("language.en") },
            ]}
          />
        </div>
        <div className={css.row}>
          <span>{t("account.theme")}</span>
          <Segments
            label={t("account.theme")}
            value={wish}
            onChange={setTheme}
            choices={[
              { id: "light", text: t("theme.light") },
              { id: "dark", text: t("theme.dark") },
              { id: "system", text: t("theme.system") },
            ]}
          />
        </div>
      </section>
      <ChangePassword login={person.login} />
    </div>
  );
}

function ChangePassword({ login }: { login: string }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const [old, setOld] = useState("");
  const fresh = useNewPassword(login);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (e: SyntheticEvent) => {
    e.preventDefault();
    if (!fresh.check()) return;
    setBusy(true);
    setError(null);
    try {
      await api.changePassword(old, fresh.value);
      setOld("");
      fresh.setValue("");
      fresh.setAgain("");
      say(t("account.changed"));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const wrongOld = error instanceof Problem && error.code === "password.old_wrong";
  return (
    <section className={css.card}>
      <h2>{t("account.password")}</h2>
      <form className={css.form} onSubmit={(e) => void submit(e)}>
        {error !== null && !wrongOld && <Note tone="bad">{trouble(error)}</Note>}
        <Field label={t("account.old")} type="password" value={old} onChange={setOld} autoComplete="current-password" isRequired error={wrongOld ? trouble(error) : undefined} />
        <NewPassword fresh={{ ...fresh, tried: fresh.tried && fresh.value !== "" }} />
        <div className={css.end}>
          <Button type="submit" look="main" isPending={busy} why={old === "" || fresh.value === "" ? t("account.fill") : undefined}>
            {t("account.change")}
          </Button>
        </div>
      </form>
      <p className={css.muted}>{t("account.others")}</p>
    </section>
  );
}
