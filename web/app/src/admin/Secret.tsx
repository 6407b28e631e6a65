import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Note } from "../parts/parts";
import { useSay } from "../parts/toast";
import css from "./Admin.module.css";

// Secret shows a generated password, or the secret of a device, the one time that
// anybody sees it.
export function Secret({ login, password, of, onClose }: { login: string; password: string; of?: "device"; onClose: () => void }) {
  const device = of === "device";
  const { t } = useTranslation();
  const say = useSay();
  return (
    <>
      <p>{t(device ? "fleet.secretFor" : "secret.for", { login })}</p>
      <div className={css.secret}>
        <code data-testid="secret">{password}</code>
        <Button icon={<Copy />} onPress={() => void navigator.clipboard.writeText(password).then(() => say(t(device ? "fleet.secretCopied" : "secret.copied")))}>
          {t("secret.copy")}
        </Button>
      </div>
      <Note tone="warn">{t(device ? "fleet.secretOnce" : "secret.once")}</Note>
      <DialogFoot>
        <Button look="main" onPress={onClose}>
          {t("secret.done")}
        </Button>
      </DialogFoot>
    </>
  );
}
