import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Note } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";

// Secret shows a generated password the one time that anybody sees it.
export function Secret({ login, password, onClose }: { login: string; password: string; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <>
      <p>{t("secret.for", { login })}</p>
      <div className={css.secret}>
        <code data-testid="secret">{password}</code>
        <Button icon={<Copy />} onPress={() => void navigator.clipboard.writeText(password).then(() => say(t("secret.copied")))}>
          {t("secret.copy")}
        </Button>
      </div>
      <Note tone="warn">{t("secret.once")}</Note>
      <DialogFoot>
        <Button look="main" onPress={onClose}>
          {t("secret.done")}
        </Button>
      </DialogFoot>
    </>
  );
}
