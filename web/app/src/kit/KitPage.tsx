import { Copy, MapPin, Pencil, Search } from "lucide-react";
import { useState, type ReactNode } from "react";
import { I18nextProvider, useTranslation } from "react-i18next";
import { Problem, Unreachable } from "../api/problem";
import { languages, type Language } from "../i18n/i18n";
import { Button } from "../parts/Button";
import { Choice, Field } from "../parts/Field";
import { GradeSign } from "../desk/GradeSign";
import { Panel } from "../parts/Panel";
import { Pick } from "../parts/Pick";
import { Badge, Bones, Empty, Kbd, Note, Progress, Segments, Switch, Trouble } from "../parts/parts";
import { FixedSession, stranger } from "../session/session";
import { MainButton } from "../phone/MainButton";
import { Mark } from "../shell/Brand";
import { NewPassword, useNewPassword } from "../login/NewPassword";
import { colors } from "../tokens/tokens";
import css from "./Kit.module.css";

// KitPage shows every part in both themes and both languages, for looking at.
export default function KitPage() {
  return (
    <FixedSession session={{ ...stranger, bureau: { "zh-CN": "示范城市管理局", en: "Model City Management" } }}>
      <div className={css.kit}>
        {languages.flatMap((language) => (["light", "dark"] as const).map((theme) => <Sheet key={language + theme} language={language} theme={theme} />))}
      </div>
    </FixedSession>
  );
}

function Sheet({ language, theme }: { language: Language; theme: "light" | "dark" }) {
  const { i18n } = useTranslation();
  const [fixed] = useState(() => i18n.cloneInstance({ lng: language }));
  return (
    <I18nextProvider i18n={fixed}>
      <section className={css.sheet} data-theme={theme} lang={language} aria-label={`${language} ${theme}`}>
        <Parts />
      </section>
    </I18nextProvider>
  );
}

function Row({ children }: { children: ReactNode }) {
  return <div className={css.row}>{children}</div>;
}

function Parts() {
  const { t } = useTranslation();
  const [on, setOn] = useState(true);
  const [choice, setChoice] = useState<"foot" | "car">("foot");
  const [text, setText] = useState("");
  const [person, setPerson] = useState<string | null>("1");
  const fresh = useNewPassword("ada");
  return (
    <>
      <Row>
        <Mark size={36} />
        <h1>{t("nav.admin")}</h1>
        <h2>{t("route.title")}</h2>
        <h3>{t("layers.title")}</h3>
      </Row>
      <Row>
        <Button look="main">{t("parts.save")}</Button>
        <Button>{t("parts.cancel")}</Button>
        <Button look="quiet">{t("parts.close")}</Button>
        <Button look="danger">{t("people.disable")}</Button>
        <Button look="main" isPending>
          {t("login.submit")}
        </Button>
        <Button why={t("route.needEnds")}>{t("route.copy")}</Button>
        <Button look="quiet" icon={<Pencil />} label={t("people.edit")} keys="E" />
        <Button icon={<Copy />}>{t("secret.copy")}</Button>
      </Row>
      <Row>
        <Badge>{t("person.disabled")}</Badge>
        <Badge tone="brand">{t("role.dispatcher")}</Badge>
        <Badge tone="warn">{t("person.mustChange")}</Badge>
        <Badge tone="bad">{t("link.lost")}</Badge>
        <Badge tone="good">{t("person.active")}</Badge>
        <Kbd>Ctrl</Kbd>
        <Kbd>K</Kbd>
      </Row>
      <Row>
        {(["possible", "likely", "confirmed"] as const).map((grade) => (
          <span key={grade} className={css.grade} data-grade={grade}>
            <GradeSign grade={grade} /> <b>{t(`grade.${grade}`)}</b>
          </span>
        ))}
      </Row>
      <div>
        <MainButton icon={<MapPin />} onPress={() => undefined}>{t("phone.act.arrived")}</MainButton>
        <MainButton why={t("phone.walk.goOn")} onPress={() => undefined}>{null}</MainButton>
      </div>
      <Field label={t("people.search")} icon={<Search aria-hidden />} value={text} onChange={setText} placeholder={t("search.placeholder")} />
      <Field label={t("login.login")} value="ADA" error={t("person.loginNote")} />
      <Choice
        label={t("route.profile")}
        value={choice}
        onChange={setChoice}
        choices={[
          { id: "foot", text: t("closure.for.foot") },
          { id: "car", text: t("closure.for.car") },
        ]}
      />
      <Pick
        label={t("role.officer")}
        value={person}
        onChange={setPerson}
        items={[
          { id: "1", text: "李伟", note: t("role.officer") },
          { id: "2", text: "Ada", note: t("role.driver") },
        ]}
      />
      <NewPassword fresh={fresh} />
      <Segments
        label={t("route.profile")}
        value={choice}
        onChange={setChoice}
        choices={[
          { id: "foot", text: t("closure.for.foot") },
          { id: "car", text: t("closure.for.car") },
        ]}
      />
      <Switch on={on} onChange={setOn} icon={<MapPin aria-hidden />}>
        {t("layers.pois")}
      </Switch>
      <Note>{t("login.demo")}</Note>
      <Note tone="warn">{t("secret.once")}</Note>
      <Trouble error={new Unreachable(null)} />
      <Trouble error={new Problem(412, { code: "stale", changed_by: "ada" })} />
      <Progress label={t("stage.upload")} fraction={0.42} text="42 %" />
      <Bones lines={3} />
      <Panel title={t("route.title")} onClose={() => undefined}>
        <Empty icon={<MapPin />} title={t("map.none")}>
          <p>{t("map.noneAsk")}</p>
        </Empty>
      </Panel>
      <div className={css.swatches}>
        {Object.keys(colors).map((name) => (
          <span key={name} title={name} style={{ background: `var(--${name})` }} />
        ))}
      </div>
    </>
  );
}
