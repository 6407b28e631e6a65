import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { staffing, type Staffing } from "../api/drafts";
import { useFormat } from "../i18n/format";
import { planKey } from "../map/ground";
import css from "./Studio.module.css";

const duties = ["liaison", "officers", "supervisors"] as const;

// Manned says where the plan that holds lacks people: its staffing against the roster
// of the next seven days. It says nothing where no grid says how many it is to have.
export function Manned() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const asked = useQuery({ queryKey: [...planKey, "staffing"], queryFn: ({ signal }) => staffing(signal), staleTime: 60_000 });
  if (asked.data === undefined || asked.data.grids.length === 0) return null;
  const { missing, grids } = asked.data;
  const said = (s: Staffing) => new Intl.ListFormat(i18n.language, { type: "unit" }).format(duties.filter((d) => s[d] > 0).map((d) => t(`studio.manned.${d}`, { n: format.number(s[d]) })));
  const gaps = grids.filter((g) => duties.some((d) => g.missing[d] > 0));
  return (
    <section className={css.manned} data-tone={missing > 0 ? "warn" : "good"} aria-label={t("studio.staffing")}>
      <p>
        <UsersRound aria-hidden /> {missing > 0 ? t("studio.manned.gaps", { count: missing }) : t("studio.manned.whole")}
      </p>
      {gaps.length > 0 && (
        <ul>
          {gaps.map((g) => (
            <li key={g.grid.id}>{t("studio.manned.of", { grid: format.name(g.grid.name) || g.grid.code, what: said(g.missing) })}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
