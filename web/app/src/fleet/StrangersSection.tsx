import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, MapPin, ShieldCheck, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Secret } from "../admin/Secret";
import { trackers, type Stranger } from "../api/trackers";
import css from "../dogs/Dog.module.css";
import { useAge } from "../desk/words";
import { useNow } from "../live/LiveProvider";
import { moves, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Badge, Bones, Empty, Note, Trouble, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { useRight } from "../session/session";
import { useBook } from "./book";
import { EntryForm } from "./EntryForm";
import { spaced } from "./frames";

const key = ["strangers"] as const;
const noShifts: never[] = [];

// StrangersSection lists trackers that report and that nobody knows: a wrong number
// in the register, a new unit, or somebody who tries.
export function StrangersSection() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const trouble = useTrouble();
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => trackers.strangers(signal), refetchInterval: 10_000 });
  const book = useBook(noShifts);
  const [accepted, setAccepted] = useState<Stranger | null>(null);
  const [secret, setSecret] = useState<{ id: string; secret: string } | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: key });
  const forget = useMutation({ mutationFn: trackers.forget, onError: (e) => say(trouble(e), "plain"), onSettled: refresh });
  const close = () => {
    setAccepted(null);
    void refresh();
  };
  return (
    <>
      <Note>{t("strangers.note")}</Note>
      <div className={css.strangers}>
        {list.isPending && <Bones lines={6} />}
        {list.isError && <Trouble error={list.error} retry={<Button onPress={() => void list.refetch()}>{t("link.retry")}</Button>} />}
        {list.data?.length === 0 && (
          <Empty icon={<ShieldCheck />} title={t("strangers.none")}>
            <p>{t("strangers.noneNote")}</p>
          </Empty>
        )}
        {list.data?.map((s) => (
          <Line key={`${s.protocol} ${s.device}`} stranger={s} onAccept={() => setAccepted(s)} onForget={() => forget.mutate(s)} />
        ))}
      </div>
      <Dialog title={t("strangers.accept")} open={accepted !== null} onClose={close}>
        {accepted !== null && (
          <EntryForm
            register="devices"
            entry={null}
            start={{ id: accepted.device, protocol: accepted.protocol, class: "vehicle", datum: "wgs84" }}
            book={book}
            onSecret={(id, drawn) => {
              close();
              setSecret({ id, secret: drawn });
            }}
            onClose={close}
          />
        )}
      </Dialog>
      <Dialog title={t("fleet.secret")} open={secret !== null} onClose={() => setSecret(null)} alert>
        {secret !== null && <Secret login={secret.id} password={secret.secret} of="device" onClose={() => setSecret(null)} />}
      </Dialog>
    </>
  );
}

function Line({ stranger: s, onAccept, onForget }: { stranger: Stranger; onAccept: () => void; onForget: () => void }) {
  const { t } = useTranslation();
  const age = useAge();
  const now = useNow(5000);
  const mayEdit = useRight("devices.edit");
  const store = useDeskStore();
  const [, go] = useLocation();
  const { at } = s;
  const name = s.device === "" ? t("strangers.nameless") : s.device;
  return (
    <article className={css.stranger} aria-label={name}>
      <h3>
        {name} <Badge>{s.protocol}</Badge>
      </h3>
      <div className={css.acts}>
        {at !== null && (
          <Button
            look="quiet"
            icon={<MapPin />}
            label={t("strangers.place", { name })}
            onPress={() => {
              store.set((d) => moves.fly({ ...moves.point(d, { at }), view: { center: at, zoom: 15 } }, { at, zoom: 15 }));
              go("/map");
            }}
          />
        )}
        <Button look="quiet" icon={<X />} label={t("strangers.forget", { name })} onPress={onForget} />
        <Button look="main" icon={<Check />} why={!mayEdit ? t("fleet.noRight") : s.device === "" ? t("strangers.namelessNote") : undefined} onPress={onAccept}>
          {t("strangers.acceptShort")}
        </Button>
      </div>
      <p>{t("strangers.facts", { count: s.messages, last: age(now - Date.parse(s.last)), first: age(now - Date.parse(s.first)), address: s.address })}</p>
      {s.hex !== "" && (
        <details>
          <summary>{t("strangers.hex")}</summary>
          <code>{spaced(s.hex)}</code>
        </details>
      )}
    </article>
  );
}
