import { CircleCheck, CircleDashed, Hourglass, Radio, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { DraftState } from "../api/drafts";
import { Badge } from "../parts/parts";

const looks = {
  open: { tone: "plain", icon: <CircleDashed aria-hidden /> },
  submitted: { tone: "warn", icon: <Hourglass aria-hidden /> },
  approved: { tone: "brand", icon: <CircleCheck aria-hidden /> },
  published: { tone: "good", icon: <Radio aria-hidden /> },
  discarded: { tone: "plain", icon: <Trash2 aria-hidden /> },
} as const;

export function StateBadge({ state }: { state: DraftState }) {
  const { t } = useTranslation();
  return (
    <Badge tone={looks[state].tone} icon={looks[state].icon}>
      {t(`studio.state.${state}`)}
    </Badge>
  );
}
