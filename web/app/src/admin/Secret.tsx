import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Note } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";

const words = {
  person: { whose: "secret.for", once: "secret.once", copied: "secret.copied" },
  device: { whose: "fleet.secretFor", once: "fleet.secretOnce", copied: "fleet.secretCopied" },
  hook: { whose: "hooks.secretFor", once: "hooks.secretOnce", copied: "hooks.secretCopied" },
} as const;

// Secret shows a generated password, or the secret of a device or a webhook, the
// one time that anybody sees it.
export function Secret({ login, password, of = "person", onClose }: { login: string; password: string; of?: keyof typeof words; onClose: () => void }) {
  const { whose, once, copied } = words[of];
  const { t } = useTranslation();
  const say = useSay();
  return (
    <>
      <p>{t(whose, { login })}</p>
      <div className={css.secret}>
        <code data-testid="secret">{password}</code>
        <Button icon={<Copy />} onPress={() => void navigator.clipboard.writeText(password).then(() => say(t(copied)))}>
          {t("secret.copy")}
        </Button>
      </div>
      <Note tone="warn">{t(once)}</Note>
      <DialogFoot>
        <Button look="main" onPress={onClose}>
          {t("secret.done")}
        </Button>
      </DialogFoot>
    </>
  );
}
