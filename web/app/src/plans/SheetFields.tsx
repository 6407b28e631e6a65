import { Minus, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import type { CampaignCount } from "./requests";
import css from "./Sheet.module.css";

const kinds = ["found", "fixed", "notices"] as const;
const most = 10_000;

interface Props {
  items: readonly { code: string; text: Record<string, string> }[];
  counts: readonly CampaignCount[];
  set: (c: CampaignCount[]) => void;
}

// SheetFields is what was found of each item: by tapping, or typed. Neither fixed nor
// notices can be more than were found.
export function SheetFields({ items, counts, set }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const of = (code: string): CampaignCount => counts.find((c) => c.item === code) ?? { item: code, found: 0, fixed: 0, notices: 0 };
  const put = (code: string, kind: (typeof kinds)[number], n: number) => {
    const was = of(code);
    const to = Math.max(0, Math.min(most, Number.isFinite(n) ? Math.round(n) : 0));
    // To count something fixed that was not counted as found finds it too.
    const now = { ...was, [kind]: to };
    if (kind === "found") Object.assign(now, { fixed: Math.min(was.fixed, to), notices: Math.min(was.notices, to) });
    else now.found = Math.max(was.found, to);
    set([...counts.filter((c) => c.item !== code), now]);
  };
  return (
    <ul className={css.sheet}>
      {items.map((i) => (
        <li key={i.code}>
          <b>
            {format.name(i.text, i.code)} <small>{i.code}</small>
          </b>
          <div>
            {kinds.map((kind) => {
              const n = of(i.code)[kind];
              const label = t(`plans.campaigns.${kind}`);
              return (
                <div key={kind} className={css.count} role="group" aria-label={`${format.name(i.text, i.code)}: ${label}`}>
                  <span>{label}</span>
                  <button type="button" aria-label={t("plans.campaigns.less")} disabled={n === 0} onClick={() => put(i.code, kind, n - 1)}>
                    <Minus aria-hidden />
                  </button>
                  <input inputMode="numeric" aria-label={label} value={String(n)} onChange={(e) => put(i.code, kind, Number(e.target.value.replace(/\D/g, "")))} />
                  <button type="button" aria-label={t("plans.campaigns.more")} onClick={() => put(i.code, kind, n + 1)}>
                    <Plus aria-hidden />
                  </button>
                </div>
              );
            })}
          </div>
        </li>
      ))}
    </ul>
  );
}
