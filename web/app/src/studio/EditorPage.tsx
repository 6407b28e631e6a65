import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { drafts } from "../api/drafts";
import type { MapInfo } from "../api/types";
import { Button } from "../parts/Button";
import { Bones, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import shell from "../shell/Shell.module.css";
import { StudioProvider } from "./context";
import { Editor } from "./Editor";
import { Studio } from "./state";

const phone = "(max-width: 720px)";

// EditorPage reads a draft and opens it; on a phone, or without the right to
// change it, only to look at.
export function EditorPage({ id, info }: { id: number; info: MapInfo }) {
  const { t } = useTranslation();
  const mayEdit = useRight("drafts.edit");
  const small = useMatches(phone);
  const read = useQuery({
    queryKey: ["drafts", id, "all"],
    queryFn: async ({ signal }) => {
      const [detail, units] = await Promise.all([drafts.get(id, signal), drafts.units(id, signal)]);
      return { detail, units: units.features };
    },
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const [studio, setStudio] = useState<Studio | null>(null);
  const readOnly = small || !mayEdit;
  useEffect(() => {
    if (read.data === undefined) return;
    const made = new Studio(read.data.detail, read.data.units, readOnly);
    setStudio(made);
    return () => made.close();
  }, [read.data, readOnly]);
  if (studio !== null)
    return (
      <StudioProvider value={studio}>
        <Editor key={readOnly ? "look" : "edit"} info={info} />
      </StudioProvider>
    );
  return (
    <div className={shell.full}>
      <div style={{ width: "min(420px, 100%)" }}>
        {read.isError ? <Trouble error={read.error} retry={<Button onPress={() => void read.refetch()}>{t("link.retry")}</Button>} /> : <Bones lines={3} />}
      </div>
    </div>
  );
}

function useMatches(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setMatches(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [query]);
  return matches;
}
