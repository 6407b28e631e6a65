import { useQuery } from "@tanstack/react-query";
import { FileUp, MapPinned, Upload as UploadIcon } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FileTrigger } from "react-aria-components";
import type { ImportJob } from "../api/types";
import { upload, type Upload } from "../api/upload";
import { useFormat } from "../i18n/format";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";
import { Note, Progress, useTrouble } from "../parts/parts";
import css from "./Setup.module.css";

export interface Importing {
  key: string; // of the question for the state
  path: string; // where uploads go
  headers: Record<string, string>;
  demo: (() => Promise<unknown>) | null; // null: this program has no demo city
  cancel: () => Promise<unknown>;
  state: (signal: AbortSignal) => Promise<ImportJob | null>;
}

// Import takes a map in: the demo city or a file, with progress and a way to stop.
export function Import({ how, onDone }: { how: Importing; onDone?: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const [box, setBox] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [starting, setStarting] = useState(false);
  const sending = useRef<Upload | null>(null);
  const told = useRef<string | undefined>(undefined);
  const job = useQuery({
    queryKey: ["import", how.key],
    queryFn: async ({ signal }) => {
      const now = await how.state(signal);
      if (now?.state === "done" && told.current !== undefined && told.current !== now.map) onDone?.();
      told.current = now?.map ?? "";
      return now;
    },
    refetchInterval: (q) => (q.state.data?.state === "running" || sent !== null ? 700 : false),
    staleTime: 0,
  });
  const running = job.data?.state === "running" || sent !== null;

  const run = async (act: () => Promise<unknown>) => {
    setError(null);
    setStarting(true);
    try {
      await act();
    } catch (refused) {
      if (!(refused instanceof DOMException)) setError(refused);
    } finally {
      setStarting(false);
      setSent(null);
      sending.current = null;
      void job.refetch();
    }
  };
  const send = (chosen: File) =>
    run(async () => {
      const query = new URLSearchParams({ name: chosen.name });
      if (box.trim() !== "") query.set("bbox", box.replaceAll(" ", ""));
      setSent(0);
      sending.current = upload(`${how.path}?${query.toString()}`, chosen, how.headers, setSent);
      await sending.current.done;
      setFile(null);
    });
  const cancel = () => {
    if (sending.current !== null) sending.current.cancel();
    else void run(how.cancel);
  };

  if (running) {
    const uploading = sent !== null && sent < 1;
    const fraction = uploading ? sent : (job.data?.fraction ?? 0);
    const stage = uploading ? "upload" : (job.data?.stage ?? "upload");
    return (
      <div className={css.import}>
        <Progress label={t(`stage.${stage}` as "stage.upload", { defaultValue: stage })} fraction={fraction} text={format.percent(fraction)} />
        <div className={css.end}>
          <Button onPress={cancel}>{t("import.stop")}</Button>
        </div>
      </div>
    );
  }
  return (
    <div className={css.import}>
      {error !== null && <Note tone="bad">{trouble(error)}</Note>}
      {job.data?.state === "failed" && error === null && (
        <Note tone="bad">
          <b>{t("import.failed")}</b> {job.data.error}
        </Note>
      )}
      {job.data?.state === "cancelled" && <Note>{t("import.cancelled")}</Note>}
      {job.data?.state === "done" && <Note>{t("import.done")}</Note>}
      {how.demo !== null && (
        <div className={css.option}>
          <MapPinned aria-hidden />
          <div>
            <h3>{t("import.demo")}</h3>
            <p>{t("import.demoNote")}</p>
          </div>
          <Button isPending={starting} onPress={() => how.demo !== null && void run(how.demo)}>
            {t("import.demoUse")}
          </Button>
        </div>
      )}
      <div className={css.option}>
        <FileUp aria-hidden />
        <div>
          <h3>{t("import.file")}</h3>
          <p>{t("import.fileNote")}</p>
        </div>
        <FileTrigger acceptedFileTypes={[".pbf", ".osm", ".bz2", ".gz"]} onSelect={(files) => setFile(files?.[0] ?? null)}>
          <Button>{t("import.choose")}</Button>
        </FileTrigger>
      </div>
      {file !== null && (
        <div className={css.file}>
          <b>{file.name}</b> <span>{t("import.size", { mb: format.number(Math.ceil(file.size / 1e6)) })}</span>
          <Field label={t("import.box")} note={t("import.boxNote")} value={box} onChange={setBox} placeholder="-75.66,39.68,-75.46,39.82" />
          <div className={css.end}>
            <Button look="main" icon={<UploadIcon />} onPress={() => void send(file)}>
              {t("import.start")}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
