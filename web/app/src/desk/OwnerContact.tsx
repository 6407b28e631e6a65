import { Phone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "../live/wire";
import { moves, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import css from "./Desk.module.css";
import { desk, type Owner } from "./requests";

// OwnerContact shows whose dog it is to who says why; the log keeps who asked.
export function OwnerContact({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const store = useDeskStore();
  const may = useRight("owner.reveal");
  const [asking, setAsking] = useState(false);
  const [why, setWhy] = useState("");
  const [pending, setPending] = useState(false);
  const [owner, setOwner] = useState<Owner | null>(null);
  const [error, setError] = useState<unknown>(null);
  const ask = async () => {
    setPending(true);
    setError(null);
    try {
      setOwner(await desk.owner(a.id, why.trim()));
    } catch (e) {
      setError(e);
    }
    setPending(false);
  };
  if (!may) return null;
  const home = owner?.home ?? null;
  return (
    <section className={css.section}>
      <h3>{t("owner.title")}</h3>
      {owner !== null && (
        <dl className={css.facts}>
          <dt>{t("owner.name")}</dt>
          <dd>{owner.owner}</dd>
          <dt>{t("owner.phone")}</dt>
          <dd>
            <a href={`tel:${owner.phone}`}>{owner.phone}</a>
          </dd>
          {home !== null && (
            <>
              <dt>{t("owner.home")}</dt>
              <dd>
                <Button look="quiet" onPress={() => store.set((d) => moves.fly(d, { at: home, zoom: 16 }))}>{t("owner.showHome")}</Button>
              </dd>
            </>
          )}
        </dl>
      )}
      {owner === null && !asking && (
        <Button icon={<Phone />} wide onPress={() => setAsking(true)}>
          {t("owner.reveal")}
        </Button>
      )}
      {owner === null && asking && (
        <form
          className={css.form}
          onSubmit={(e) => {
            e.preventDefault();
            if (why.trim() !== "") void ask();
          }}
        >
          <Field label={t("owner.why")} note={t("owner.logged")} value={why} onChange={setWhy} maxLength={300} autoFocus />
          {error !== null && <Trouble error={error} />}
          <div className={css.actions}>
            <Button look="main" type="submit" isPending={pending} why={why.trim() === "" ? t("owner.whyMissing") : undefined}>{t("owner.show")}</Button>
            <Button onPress={() => setAsking(false)}>{t("parts.cancel")}</Button>
          </div>
        </form>
      )}
    </section>
  );
}
