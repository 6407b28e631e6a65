import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Download, FileText, KeyRound, Pencil, Plus, Search, SearchX, Trash2, Upload } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { PersonForm } from "../admin/PersonForm";
import { Secret } from "../admin/Secret";
import { registers, type Device, type Entries, type RegisterName, type Shift } from "../api/registers";
import type { Person } from "../api/types";
import { useFormat } from "../i18n/format";
import { useLive } from "../live/LiveProvider";
import buttonCss from "../parts/Button.module.css";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Bones, Empty, Segments, Trouble } from "../parts/parts";
import { useRight, useSession } from "../session/session";
import { useKeys } from "../shell/keys";
import { keyOf, useBook } from "./book";
import { columnsOf } from "./columns";
import { span } from "./day";
import { DayView } from "./DayView";
import { EntryForm } from "./EntryForm";
import css from "./Fleet.module.css";
import { ImportDialog } from "./ImportDialog";
import { NewSecret } from "./NewSecret";
import type { Register } from "./registers";
import { Remove } from "./Remove";
import { Table } from "./Table";
import type { Column } from "./table";
import { addDays, instant, localDay } from "./time";

type Entry = Entries[RegisterName];
type Open = { what: "add" | "import" } | { what: "edit" | "remove" | "newSecret"; entry: Entry } | { what: "secret"; id: string; secret: string } | null;

const none: Shift[] = [];

export function RegisterSection({ register }: { register: Register }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { time_zone } = useSession();
  const { clock } = useLive();
  const mayEdit = useRight(register.edit);
  const mayDog = useRight("dogs.page");
  const [words, setWords] = useState("");
  const [open, setOpen] = useState<Open>(null);
  const [day, setDay] = useState(() => localDay(clock.now(), time_zone));
  const [view, setView] = useState<"day" | "list">("day");
  const isShifts = register.id === "shifts";
  const { from, to } = span(day, time_zone);
  // A list of shifts is of a week, or it would never end.
  const asked: Record<string, string> = isShifts ? { from: new Date(from).toISOString(), to: new Date(view === "day" ? to : span(addDays(day, 6), time_zone).to).toISOString() } : {};
  const list = useQuery({
    queryKey: [...keyOf(register.id), ...(isShifts ? [asked] : [])],
    queryFn: ({ signal }) => registers.list(register.id, asked, signal) as Promise<Entry[]>,
    placeholderData: (before) => before,
  });
  const rows = list.data ?? [];
  const book = useBook(isShifts ? (list.data as Shift[] | undefined) : none);
  const columns = useMemo(() => columnsOf(t, format, book, clock.now())[register.id] as Column<Entry>[], [t, format, book, clock, register.id]);
  const close = () => setOpen(null);
  const no = mayEdit ? undefined : t("fleet.noRight");
  const edit = mayEdit ? (entry: Entry) => setOpen({ what: "edit", entry }) : undefined;
  useKeys({
    N: () => {
      if (mayEdit) setOpen({ what: "add" });
    },
    I: () => {
      if (mayEdit) setOpen({ what: "import" });
    },
    F: () => document.querySelector<HTMLInputElement>(`.${css.bar ?? ""} input[type=search]`)?.focus(),
  });
  const nameOf = (entry: Entry) => columns[0]?.text(entry) ?? "";
  const added = (p: { login: string; password?: string | undefined }) => setOpen(p.password === undefined || p.password === "" ? null : { what: "secret", id: p.login, secret: p.password });
  const title = t(`fleet.one.${register.id}`);
  return (
    <>
      <div className={css.bar}>
        <Field label={t("fleet.find")} hideLabel placeholder={t("fleet.find")} icon={<Search aria-hidden />} value={words} onChange={setWords} type="search" />
        {isShifts && <When day={day} setDay={setDay} today={() => localDay(clock.now(), time_zone)} />}
        {isShifts && (
          <Segments
            label={t("fleet.shifts.view")}
            value={view}
            onChange={setView}
            choices={[
              { id: "day", text: t("fleet.shifts.day") },
              { id: "list", text: t("fleet.shifts.week") },
            ]}
          />
        )}
        <span className={css.grow} />
        {list.isSuccess && !isShifts && <span className={css.count}>{t("fleet.count", { count: rows.length })}</span>}
        <a className={`${buttonCss.button} ${buttonCss.plain}`} href={registers.exportPath(register.id, asked)} download>
          <Download aria-hidden /> {t("fleet.export")}
        </a>
        <Button icon={<Upload />} why={no} onPress={() => setOpen({ what: "import" })}>
          {t("fleet.import.open")}
        </Button>
        <Button look="main" icon={<Plus />} why={no} onPress={() => setOpen({ what: "add" })}>
          {t("fleet.add")}
        </Button>
      </div>
      <div className={css.body}>
        {list.isPending && <Bones lines={8} />}
        {list.isError && <Trouble error={list.error} retry={<Button onPress={() => void list.refetch()}>{t("link.retry")}</Button>} />}
        {list.isSuccess && isShifts && view === "day" && rows.length > 0 && <DayView shifts={rows as Shift[]} from={from} to={to} book={book} words={words} onOpen={edit} />}
        {list.isSuccess && (!isShifts || view === "list" || rows.length === 0) && (
          <Table
            label={t(`fleet.register.${register.id}`)}
            rows={rows}
            columns={columns}
            idOf={(e) => e.id}
            words={words}
            dim={(e) => ("retired" in e && e.retired) || ("disabled" in e && e.disabled)}
            onOpen={edit}
            empty={<Nothing searched={rows.length > 0} mayEdit={mayEdit} onAdd={() => setOpen({ what: "add" })} onImport={() => setOpen({ what: "import" })} />}
            actions={(entry) => (
              <>
                {register.id === "devices" && <ToPage href={`/device?id=${encodeURIComponent(String(entry.id))}`} label={t("device.open", { name: nameOf(entry) })} />}
                {register.id === "dogs" && mayDog && <ToPage href={`/dogs/${entry.id}`} label={t("dog.open", { name: nameOf(entry) })} />}
                {register.id === "devices" && mayEdit && <Button look="quiet" icon={<KeyRound />} label={t("fleet.newSecretOf", { name: nameOf(entry) })} onPress={() => setOpen({ what: "newSecret", entry })} />}
                {mayEdit && <Button look="quiet" icon={<Pencil />} label={t("fleet.editOf", { name: nameOf(entry) })} onPress={() => setOpen({ what: "edit", entry })} />}
                {register.removable && mayEdit && <Button look="quiet" icon={<Trash2 />} label={t("fleet.removeOf", { name: nameOf(entry) })} onPress={() => setOpen({ what: "remove", entry })} />}
              </>
            )}
          />
        )}
      </div>
      <Dialog title={t("fleet.addOne", { one: title })} open={open?.what === "add"} onClose={close}>
        {open?.what === "add" &&
          (register.id === "people" ? (
            <PersonForm areas={book.areas} onDone={added} onClose={close} />
          ) : (
            <EntryForm register={register.id} entry={null} start={start(register.id, day, time_zone)} book={book} onSecret={(id, secret) => setOpen({ what: "secret", id, secret })} onClose={close} />
          ))}
      </Dialog>
      <Dialog title={t("fleet.editOne", { one: title })} open={open?.what === "edit"} onClose={close}>
        {open?.what === "edit" &&
          (register.id === "people" ? (
            <PersonForm person={open.entry as Person} areas={book.areas} onDone={close} onClose={close} />
          ) : (
            <EntryForm register={register.id} entry={open.entry} book={book} onSecret={() => undefined} onClose={close} />
          ))}
      </Dialog>
      <Dialog title={t("fleet.remove")} open={open?.what === "remove"} onClose={close} alert>
        {open?.what === "remove" && <Remove register={register.id} entry={open.entry} name={nameOf(open.entry)} onClose={close} />}
      </Dialog>
      <Dialog title={t("fleet.newSecret")} open={open?.what === "newSecret"} onClose={close} alert>
        {open?.what === "newSecret" && <NewSecret device={open.entry as Device} onSecret={(secret) => setOpen({ what: "secret", id: String(open.entry.id), secret })} onClose={close} />}
      </Dialog>
      <Dialog title={t(register.id === "people" ? "secret.title" : "fleet.secret")} open={open?.what === "secret"} onClose={close} alert>
        {open?.what === "secret" && <Secret login={open.id} password={open.secret} {...(register.id === "people" ? {} : { of: "device" as const })} onClose={close} />}
      </Dialog>
      <ImportDialog register={register} open={open?.what === "import"} onClose={close} />
    </>
  );
}

function ToPage({ href, label }: { href: string; label: string }) {
  const [, go] = useLocation();
  return <Button look="quiet" icon={<FileText />} label={label} onPress={() => go(href)} />;
}

// start is what a new entry most likely is.
function start(register: RegisterName, day: string, zone: string): Record<string, unknown> {
  const at = (clock: string) => new Date(instant(`${day}T${clock}`, zone)).toISOString();
  return register === "shifts" ? { from: at("07:00"), to: at("19:00") } : {};
}

function When({ day, setDay, today }: { day: string; setDay: (day: string) => void; today: () => string }) {
  const { t } = useTranslation();
  return (
    <div className={css.when} role="group" aria-label={t("fleet.shifts.date")}>
      <Button look="quiet" icon={<ChevronLeft />} label={t("fleet.shifts.before")} onPress={() => setDay(addDays(day, -1))} />
      <input type="date" value={day} aria-label={t("fleet.shifts.date")} onChange={(e) => setDay(e.target.value === "" ? today() : e.target.value)} />
      <Button look="quiet" icon={<ChevronRight />} label={t("fleet.shifts.after")} onPress={() => setDay(addDays(day, 1))} />
      <Button look="quiet" onPress={() => setDay(today())}>
        {t("fleet.shifts.today")}
      </Button>
    </div>
  );
}

function Nothing({ searched, mayEdit, onAdd, onImport }: { searched: boolean; mayEdit: boolean; onAdd: () => void; onImport: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.nothing}>
      <Empty icon={<SearchX />} title={t(searched ? "fleet.noneFound" : "fleet.empty")}>
        <p>{t(searched ? "fleet.noneFoundNote" : mayEdit ? "fleet.emptyNote" : "fleet.emptyAsk")}</p>
        {!searched && mayEdit && (
          <div className={css.bar}>
            <Button icon={<Upload />} onPress={onImport}>
              {t("fleet.import.open")}
            </Button>
            <Button look="main" icon={<Plus />} onPress={onAdd}>
              {t("fleet.add")}
            </Button>
          </div>
        )}
      </Empty>
    </div>
  );
}
