import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, CircleCheck } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation } from "wouter";
import { Problem } from "../api/problem";
import { session as sessionApi, setup as api } from "../api/queries";
import type { SetupForm } from "../api/types";
import { Front } from "../login/LoginPage";
import { NewPassword, useNewPassword } from "../login/NewPassword";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { Bones, Note, Trouble, useTrouble } from "../parts/parts";
import { sessionKey, useSession } from "../session/session";
import { isLanguage } from "../i18n/i18n";
import { Import } from "./Import";
import { regions, zones } from "./places";
import css from "./Setup.module.css";

const steps = ["code", "bureau", "map", "admin"] as const;
type Step = (typeof steps)[number];

// SetupPage is the first start in the browser: who this bureau is, its map, and
// its first admin. Nothing is written before the last step but the map.
export default function SetupPage() {
  const { setup_needed } = useSession();
  if (!setup_needed) return <Redirect to="/login" replace />;
  return (
    <Front wide>
      <Wizard />
    </Front>
  );
}

function Wizard() {
  const { t, i18n } = useTranslation();
  const state = useQuery({ queryKey: ["setup"], queryFn: ({ signal }) => api.get(signal) });
  const [step, setStep] = useState<Step>("code");
  const [form, setForm] = useState<Omit<SetupForm, "password" | "login" | "name">>(() => ({
    code: "",
    bureau: { "zh-CN": "", en: "" },
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    region: guessRegion(),
    language: isLanguage(i18n.language) ? i18n.language : "en",
  }));
  if (state.isPending) return <Bones lines={4} />;
  if (state.isError) return <Trouble error={state.error} />;
  const at = steps.indexOf(step);
  const back = () => setStep(steps[at - 1] ?? "code");
  const next = () => setStep(steps[at + 1] ?? "admin");
  return (
    <>
      <h1>{t("setup.title")}</h1>
      <ol className={css.steps}>
        {steps.map((s, i) => (
          <li key={s} className={css.step} data-state={i < at ? "done" : i === at ? "now" : "later"} aria-current={i === at ? "step" : undefined}>
            {t(`setup.${s}`)}
          </li>
        ))}
      </ol>
      {step === "code" && <CodeStep form={form} setForm={setForm} next={next} />}
      {step === "bureau" && <BureauStep form={form} setForm={setForm} next={next} back={back} />}
      {step === "map" && <MapStep code={form.code} demo={state.data.demo_map} next={next} back={back} />}
      {step === "admin" && <AdminStep form={form} back={back} onWrongCode={() => setStep("code")} />}
    </>
  );
}

type Draft = Omit<SetupForm, "password" | "login" | "name">;

interface StepProps {
  form: Draft;
  setForm: (f: Draft) => void;
  next: () => void;
  back?: () => void;
}

function CodeStep({ form, setForm, next }: StepProps) {
  const { t } = useTranslation();
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    if (form.code.trim() !== "") next();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <p>{t("setup.welcome")}</p>
      <Field label={t("setup.code")} note={t("setup.codeNote")} value={form.code} onChange={(code) => setForm({ ...form, code: code.trim() })} autoComplete="off" autoFocus isRequired />
      <div className={css.end}>
        <Button type="submit" look="main" icon={<ArrowRight />} why={form.code === "" ? t("setup.codeFirst") : undefined}>
          {t("setup.next")}
        </Button>
      </div>
    </form>
  );
}

function BureauStep({ form, setForm, next, back }: StepProps) {
  const { t, i18n } = useTranslation();
  const name = (lang: "zh-CN" | "en") => ({
    value: form.bureau[lang] ?? "",
    onChange: (v: string) => setForm({ ...form, bureau: { ...form.bureau, [lang]: v } }),
  });
  const named = Object.values(form.bureau).some((v) => v.trim() !== "");
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    if (named) next();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <div className={css.two}>
        <Field label={t("setup.bureauZh")} {...name("zh-CN")} placeholder="平湖市综合行政执法局" autoFocus />
        <Field label={t("setup.bureauEn")} {...name("en")} placeholder="Pinghu City Management" />
      </div>
      <div className={css.two}>
        <Choice label={t("setup.region")} value={form.region} onChange={(region) => setForm({ ...form, region })} choices={regions(i18n.language)} />
        <Choice label={t("setup.timeZone")} value={form.time_zone} onChange={(time_zone) => setForm({ ...form, time_zone })} choices={zones(form.time_zone)} note={t("setup.timeZoneNote")} />
      </div>
      <Choice
        label={t("setup.language")}
        value={form.language}
        onChange={(language) => setForm({ ...form, language })}
        choices={[
          { id: "zh-CN", text: t("language.zh") },
          { id: "en", text: t("language.en") },
        ]}
        note={t("setup.languageNote")}
      />
      <StepFoot back={back} why={named ? undefined : t("setup.bureauFirst")} />
    </form>
  );
}

function MapStep({ code, demo, next, back }: { code: string; demo: boolean; next: () => void; back: () => void }) {
  const { t } = useTranslation();
  const state = useQuery({ queryKey: ["setup"], queryFn: ({ signal }) => api.get(signal), refetchInterval: 2000 });
  return (
    <form className={css.form} onSubmit={(e) => { e.preventDefault(); next(); }}>
      <p>{t("setup.mapNote")}</p>
      <Import
        how={{
          key: "setup",
          path: "/api/setup/map",
          headers: { "Citygrid-Setup-Code": code },
          demo: demo ? () => api.demoMap(code) : null,
          cancel: () => api.cancelImport(code),
          state: async (signal) => (await api.get(signal, code)).import,
        }}
      />
      <StepFoot back={back} next={state.data?.has_map === true ? undefined : t("setup.later")} />
    </form>
  );
}

function AdminStep({ form, back, onWrongCode }: { form: Draft; back: () => void; onWrongCode: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [login, setLogin] = useState("admin");
  const [name, setName] = useState("");
  const fresh = useNewPassword(login);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (e: SyntheticEvent) => {
    e.preventDefault();
    if (!fresh.check()) return;
    setBusy(true);
    setError(null);
    try {
      const bureau = Object.fromEntries(Object.entries(form.bureau).filter(([, v]) => v.trim() !== ""));
      await api.finish({ ...form, bureau, login, name, password: fresh.value });
      const session = await sessionApi.login(login, fresh.value);
      client.setQueryData(sessionKey, session);
      go("/map", { replace: true });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const fields = error instanceof Problem ? error.fields : {};
  const wrongCode = error instanceof Problem && error.code === "setup.code";
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)}>
      {error !== null && (
        <Note tone="bad">
          {trouble(error)} {wrongCode && <Button onPress={onWrongCode}>{t("setup.toCode")}</Button>}
        </Note>
      )}
      <div className={css.two}>
        <Field label={t("login.login")} value={login} onChange={(v) => setLogin(v.toLowerCase())} autoComplete="username" isRequired error={fields.login} />
        <Field label={t("person.name")} value={name} onChange={setName} autoComplete="name" autoFocus error={fields.name} />
      </div>
      <NewPassword fresh={fresh} error={fields.password === undefined ? undefined : trouble(error)} />
      <StepFoot back={back} next={t("setup.finish")} busy={busy} last />
    </form>
  );
}

function StepFoot({ back, next, why, busy, last }: { back?: (() => void) | undefined; next?: string | undefined; why?: string | undefined; busy?: boolean; last?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={css.end}>
      {back !== undefined && (
        <Button look="quiet" icon={<ArrowLeft />} onPress={back}>
          {t("setup.back")}
        </Button>
      )}
      <Button type="submit" look="main" icon={last === true ? <CircleCheck /> : <ArrowRight />} why={why} isPending={busy ?? false}>
        {next ?? t("setup.next")}
      </Button>
    </div>
  );
}

function guessRegion(): string {
  const region = new Intl.Locale(navigator.language).maximize().region ?? "CN";
  return /^[A-Z]{2}$/.test(region) ? region : "CN";
}
