import { useQueryClient } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { useEffect, useState, type SyntheticEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useSearch } from "wouter";
import { Problem } from "../api/problem";
import { session as api } from "../api/queries";
import type { Me } from "../api/types";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Note, useTrouble } from "../parts/parts";
import { sessionKey, useSession } from "../session/session";
import { Mark } from "../shell/Brand";
import { belongsHere } from "../phone/memory";
import { OfflineBanner } from "../shell/Connection";
import { useSignOut } from "../shell/MeMenu";
import { Tools } from "../shell/Shell";
import { Backdrop } from "./Backdrop";
import css from "./Login.module.css";
import { useAuthority } from "../trust/authority";
import { NewPassword, useNewPassword } from "./NewPassword";
import { safeNext } from "./next";

export default function LoginPage() {
  const { person } = useSession();
  const asked = new URLSearchParams(useSearch()).get("next");
  const next = person === null || person.must_change ? null : nextFor(asked, person);
  // The phone page is loaded anew, so that its service worker minds it.
  useEffect(() => {
    if (next === phonePage) location.replace(phonePage);
  }, [next]);
  if (next !== null) return next === phonePage ? null : <Redirect to={next} replace />;
  return <Front>{person === null ? <SignIn /> : <MustChange login={person.login} />}</Front>;
}

const phonePage = "/phone";

// nextFor sends officers and drivers who sign in on a phone to the phone page.
function nextFor(asked: string | null, person: Me): string {
  const next = safeNext(asked);
  return next === "/map" && belongsHere(person.grants.map((g) => g.role)) ? phonePage : next;
}

// Front is the page before the login: a card on a map of nowhere.
export function Front({ children, wide }: { children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { bureau, version } = useSession();
  return (
    <div className={css.page}>
      <Backdrop />
      <div>
        <OfflineBanner />
        <div className={css.tools}>
          <Tools />
        </div>
      </div>
      <main className={`${css.card} ${wide === true ? css.wide : ""}`}>
        <div className={css.brand}>
          <Mark size={40} />
          <div>
            <b>citygrid</b>
            <span>{format.name(bureau, t("login.tagline"))}</span>
          </div>
        </div>
        {children}
      </main>
      <footer className={css.foot}>
        citygrid {version} · {t("login.foot")}
      </footer>
    </div>
  );
}

function SignIn() {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const { demo } = useSession();
  const { data: authority } = useAuthority();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [wait, setWait] = useCountdown();
  const submit = async (e: SyntheticEvent) => {
    e.preventDefault();
    if (busy || wait > 0) return;
    setBusy(true);
    setError(null);
    try {
      const session = await api.login(login.trim(), password);
      client.setQueryData(sessionKey, session);
    } catch (refused) {
      setError(refused);
      if (refused instanceof Problem) setWait(refused.number("retry_after_s") ?? 0);
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  const locked = error instanceof Problem && wait > 0;
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)}>
      <h1>{t("login.title")}</h1>
      {locked && (
        <Note tone="warn">
          <b>{t("login.locked")}</b> {t("login.lockedFor", { time: clock(wait) })}
        </Note>
      )}
      {error !== null && !locked && wait === 0 && !(error instanceof Problem && [423, 429].includes(error.status)) && <Note tone="bad">{trouble(error)}</Note>}
      <Field label={t("login.login")} value={login} onChange={setLogin} autoComplete="username" autoFocus isRequired />
      <Field label={t("login.password")} type="password" value={password} onChange={setPassword} autoComplete="current-password" isRequired />
      <Button type="submit" look="main" big wide icon={<LogIn />} isPending={busy} why={wait > 0 ? t("login.lockedFor", { time: clock(wait) }) : undefined}>
        {t("login.submit")}
      </Button>
      {demo && <Note>{t("login.demo")}</Note>}
      {authority !== undefined && authority !== null && <Link href="/trust">{t("trust.link")}</Link>}
    </form>
  );
}

function MustChange({ login }: { login: string }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const signOut = useSignOut();
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
      await client.invalidateQueries({ queryKey: sessionKey });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)}>
      <h1>{t("login.mustChange")}</h1>
      <Note>{t("login.mustChangeNote")}</Note>
      {error !== null && <Note tone="bad">{trouble(error)}</Note>}
      <Field label={t("login.givenPassword")} type="password" value={old} onChange={setOld} autoComplete="current-password" autoFocus isRequired />
      <NewPassword fresh={fresh} />
      <Button type="submit" look="main" big wide isPending={busy}>
        {t("login.change")}
      </Button>
      <Button look="quiet" onPress={() => void signOut()}>
        {t("me.logout")}
      </Button>
    </form>
  );
}

// useCountdown counts whole seconds down to zero.
function useCountdown(): [number, (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const timer = setInterval(() => {
      const at = Date.now();
      setNow(at);
      if (at >= until) setUntil(0);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  const start = (seconds: number) => {
    setNow(Date.now());
    setUntil(seconds > 0 ? Date.now() + seconds * 1000 : 0);
  };
  return [until === 0 ? 0 : Math.max(0, Math.ceil((until - now) / 1000)), start];
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
