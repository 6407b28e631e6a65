import { createContext, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Team } from "../api/ground";
import type { Names } from "../api/types";
import { useFormat } from "../i18n/format";
import { useTeams } from "../map/ground";
import type { State, Studio } from "./state";

const Context = createContext<Studio | null>(null);
export const StudioProvider = Context.Provider;

export function useStudio(): Studio {
  const studio = useContext(Context);
  if (studio === null) throw new Error("useStudio stands outside of a draft");
  return studio;
}

// useDraft reads a part of the state; what it gives must be the same as long as
// that part is.
export function useDraft<T>(read: (s: State) => T): T {
  const studio = useStudio();
  return useSyncExternalStore(studio.subscribe, () => read(studio.get()));
}

// usePieces is in how many pieces each part lies. They are counted between
// strokes: they cost a walk over the city.
export function usePieces(): ReadonlyMap<number, number> {
  const studio = useStudio();
  const paints = useDraft((s) => s.paints);
  const [pieces, setPieces] = useState<ReadonlyMap<number, number>>(() => studio.board.pieces());
  useEffect(() => {
    const timer = setTimeout(() => setPieces(studio.board.pieces()), 150);
    return () => clearTimeout(timer);
  }, [paints, studio]);
  return pieces;
}

// useWords name parts, teams and people.
export function useWords() {
  const { t } = useTranslation();
  const format = useFormat();
  const teams = useTeams();
  const studio = useContext(Context);
  const part = useCallback(
    (id: number): string => {
      const p = studio?.get().parts.get(id);
      if (id === 0) return t("studio.nobody");
      return format.name(p?.name, p?.code === undefined || p.code === "" ? t("studio.partN", { n: id }) : p.code) || t("studio.partN", { n: id });
    },
    [studio, format, t],
  );
  return useMemo(
    () => ({
      part,
      minutes: (n: number) => t("studio.min", { n: format.number(Math.round(n)) }),
      ratio: (n: number) => n.toFixed(2),
      area: (m2: number) => (m2 >= 100_000 ? t("studio.km2", { n: format.number(Math.round(m2 / 10_000) / 100) }) : t("studio.m2", { n: format.number(Math.round(m2)) })),
      names: (names: Names, fallback: string) => format.name(names, fallback),
      team: (id: number | null) => {
        const team: Team | undefined = teams?.find((x) => x.id === id);
        return id === null ? t("studio.noTeam") : team === undefined ? t("studio.teamN", { n: id }) : format.name(team.name, team.code);
      },
    }),
    [part, t, format, teams],
  );
}
