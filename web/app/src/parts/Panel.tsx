import { X } from "lucide-react";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import css from "./Panel.module.css";

interface Props {
  title: ReactNode;
  actions?: ReactNode;
  onClose?: () => void;
  children: ReactNode;
  className?: string | undefined;
}

// A Panel floats over the map and can always be closed.
export function Panel({ title, actions, onClose, children, className }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <section className={`${css.panel} ${className ?? ""}`} aria-labelledby={id}>
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        {actions}
        {onClose !== undefined && <Button look="quiet" icon={<X />} label={t("parts.close")} keys="Esc" onPress={onClose} />}
      </header>
      <div className={css.body}>{children}</div>
    </section>
  );
}
