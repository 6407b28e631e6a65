import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleCheck, FileDown, FileSpreadsheet, Upload } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { registers, type Fault, type ImportReport } from "../api/registers";
import { isLanguage } from "../i18n/i18n";
import { Button } from "../parts/Button";
import { Dialog, DialogFoot } from "../parts/Dialog";
import { Bones, Note, useTrouble } from "../parts/parts";
import { sayFault } from "./faults";
import { keyOf } from "./book";
import { decode, lines, save, template } from "./csv";
import css from "./Fleet.module.css";
import type { Register } from "./registers";

interface Read {
  file: File;
  lines: string[];
}

// ImportDialog takes a file of a register: first it is only checked, then taken as
// a whole or not at all.
export function ImportDialog({ register, open, onClose }: { register: Register; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("fleet.import.title", { register: t(`fleet.register.${register.id}`) })} open={open} onClose={onClose} wide>
      <Import register={register} onClose={onClose} />
    </Dialog>
  );
}

function Import({ register, onClose }: { register: Register; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const [read, setRead] = useState<Read | null>(null);
  const check = useMutation({
    mutationFn: async (file: File) => {
      // Read at once: a file that is saved again under our hands can be read no more.
      const bytes = await file.arrayBuffer();
      const kept = new File([bytes], file.name, { type: "text/csv" });
      setRead({ file: kept, lines: lines(decode(bytes)) });
      return ask(() => registers.import(register.id, kept, true));
    },
  });
  const bring = useMutation({
    mutationFn: (file: File) => ask(() => registers.import(register.id, file, false)),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(register.id) }),
  });
  const report = bring.data ?? check.data;
  const faults = report?.faults ?? [];
  const again = () => {
    check.reset();
    bring.reset();
    setRead(null);
  };
  if (bring.data !== undefined && faults.length === 0)
    return (
      <>
        <div className={css.done} role="status">
          <CircleCheck aria-hidden />
          <h3>{t("fleet.import.done", { count: bring.data.imported })}</h3>
        </div>
        <DialogFoot>
          <Button onPress={again}>{t("fleet.import.another")}</Button>
          <Button look="main" onPress={onClose}>
            {t("parts.close")}
          </Button>
        </DialogFoot>
      </>
    );
  return (
    <>
      {read === null && <Drop register={register} onFile={(f) => check.mutate(f)} />}
      {read !== null && (
        <p className={css.file}>
          <FileSpreadsheet aria-hidden />
          <b>{read.file.name}</b>
          {report !== undefined && <span>{t("fleet.import.rows", { count: report.rows })}</span>}
        </p>
      )}
      {(check.isError || bring.isError) && <Note tone="bad">{trouble(check.error ?? bring.error)}</Note>}
      {check.isPending && <Bones lines={4} />}
      {report !== undefined && faults.length > 0 && read !== null && <Faults faults={faults} file={read.lines} />}
      {report !== undefined && faults.length === 0 && <Note>{t("fleet.import.clean", { count: report.rows })}</Note>}
      <DialogFoot>
        {read !== null && <Button onPress={again}>{t("fleet.import.another")}</Button>}
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        {read !== null && (
          <Button
            look="main"
            isPending={bring.isPending}
            why={report === undefined ? t("fleet.import.checkFirst") : faults.length > 0 ? t("fleet.import.mendFirst") : report.rows === 0 ? t("fleet.import.empty") : undefined}
            onPress={() => bring.mutate(read.file)}
          >
            {report === undefined || faults.length > 0 || report.rows === 0 ? t("fleet.import.open") : t("fleet.import.go", { count: report.rows })}
          </Button>
        )}
      </DialogFoot>
    </>
  );
}

// ask takes a refusal that tells faults for the report it is.
async function ask(question: () => Promise<ImportReport>): Promise<ImportReport> {
  try {
    return await question();
  } catch (e) {
    if (e instanceof Problem && Array.isArray(e.extra.faults)) return { rows: e.number("rows") ?? 0, imported: 0, faults: e.extra.faults as Fault[] };
    throw e;
  }
}

function Drop({ register, onFile }: { register: Register; onFile: (file: File) => void }) {
  const { t, i18n } = useTranslation();
  const [over, setOver] = useState(false);
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    const file = e.dataTransfer.files[0];
    if (file !== undefined) onFile(file);
  };
  return (
    <>
      <label
        className={css.drop}
        data-over={over}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Upload aria-hidden />
        <b>{t("fleet.import.drop")}</b>
        <span>{t("fleet.import.dropNote")}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          onChange={(e) => {
            const file = e.target.files?.[0];
            if (file !== undefined) onFile(file);
          }}
        />
      </label>
      <div className={css.heads}>
        <span>{t("fleet.import.columns")}</span>
        {register.file.map((c) => (
          <code key={c.en} data-needed={c.needed === true}>
            {c[language]}
            {c.needed === true && "*"}
          </code>
        ))}
        <Button look="quiet" icon={<FileDown />} onPress={() => save(`${register.id}.csv`, template(register, language))}>
          {t("fleet.import.template")}
        </Button>
      </div>
    </>
  );
}

// Faults are what is wrong, beside the file itself: a press on a line goes there.
function Faults({ faults, file }: { faults: Fault[]; file: string[] }) {
  const { t, i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [line, setLine] = useState(faults[0]?.line ?? 1);
  const bad = new Set(faults.map((f) => f.line));
  const rows = useVirtualizer({ count: file.length, getScrollElement: () => box.current, estimateSize: () => 24, overscan: 10, initialOffset: Math.max(0, (line - 3) * 24) });
  const go = (to: number) => {
    setLine(to);
    rows.scrollToIndex(Math.max(0, to - 1), { align: "center" });
  };
  return (
    <>
      <Note tone="bad">{t("fleet.import.faults", { count: faults.length })}</Note>
      <div className={css.faults} tabIndex={0} role="region" aria-label={t("fleet.import.faultTable")}>
        <table>
          <thead>
            <tr>
              <th>{t("fleet.import.line")}</th>
              <th>{t("fleet.import.field")}</th>
              <th>{t("fleet.import.what")}</th>
              <th>{t("fleet.import.mend")}</th>
            </tr>
          </thead>
          <tbody>
            {faults.map((f, i) => (
              <tr key={i} data-on={f.line === line}>
                <td>
                  <button type="button" onClick={() => go(f.line)} aria-label={t("fleet.import.jump", { line: f.line })}>
                    {f.line}
                  </button>
                </td>
                <td>{f.field === "" ? <span className={css.dim}>{t("fleet.import.wholeLine")}</span> : <code>{f.field}</code>}</td>
                <td>{sayFault(f.what, i18n.language)}</td>
                <td>{sayFault(f.mend, i18n.language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div ref={box} className={css.source} tabIndex={0} role="region" aria-label={t("fleet.import.file")}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => (
            <div key={item.index} className={css.sourceLine} data-bad={bad.has(item.index + 1)} data-on={item.index + 1 === line} style={{ transform: `translateY(${item.start}px)` }}>
              <span>{item.index + 1}</span>
              <code>{file[item.index]}</code>
            </div>
          ))}
        </div>
      </div>
    </>
  );
}
