import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ZoneRule } from "../api/zones";
import { useFormat } from "../i18n/format";

// useRuleWords says a rule in a sentence.
export function useRuleWords(): (rule: ZoneRule | undefined, classes: readonly string[]) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => (rule, classes) => {
      const who = classes.map((c) => t(`zones.class.${c}` as "zones.class.dog")).join(t("zones.and"));
      switch (rule?.kind) {
        case "none":
          return t("zones.says.none");
        case "dwell":
          return t("zones.says.dwell", { who, long: format.duration(rule.longer_s ?? 0) });
        case "corridor":
          return t("zones.says.corridor", { who, long: format.duration(rule.longer_s ?? 0) });
        case "curfew":
          return t("zones.says.curfew", { who, far: format.distance(rule.home_m ?? 0) });
        case "head-count":
          return t("zones.says.headCount", { who, n: format.number(rule.most ?? 0) });
        case "speed":
          return t("zones.says.speed", { who, n: format.number(rule.speed_kmh ?? 0) });
        default:
          return t("zones.rule", { who });
      }
    },
    [t, format],
  );
}
