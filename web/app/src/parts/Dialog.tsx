import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./Button";
import css from "./Dialog.module.css";

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  wide?: boolean;
  alert?: boolean; // asks before something that can not be undone
  children: ReactNode;
}

export function Dialog({ title, open, onClose, wide, alert, children }: Props) {
  const { t } = useTranslation();
  return (
    <ModalOverlay isOpen={open} onOpenChange={(next) => { if (!next) onClose(); }} isDismissable={alert !== true} className={css.veil ?? ""}>
      <Modal className={`${css.modal} ${wide === true ? css.wide : ""}`}>
        <AriaDialog className={css.dialog ?? ""} role={alert === true ? "alertdialog" : "dialog"}>
          <header className={css.head}>
            <Heading slot="title" level={2}>{title}</Heading>
            <Button look="quiet" icon={<X />} label={t("parts.close")} onPress={onClose} />
          </header>
          <div className={css.body}>{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export function DialogFoot({ children }: { children: ReactNode }) {
  return <footer className={css.foot}>{children}</footer>;
}

// Sheet is a bare modal near the top, for the command palette.
export function Sheet({ label, open, onClose, children }: { label: string; open: boolean; onClose: () => void; children: ReactNode }) {
  return (
    <ModalOverlay isOpen={open} onOpenChange={(next) => { if (!next) onClose(); }} isDismissable className={`${css.veil} ${css.high}`}>
      <Modal className={`${css.modal} ${css.wide}`}>
        <AriaDialog className={css.dialog ?? ""} aria-label={label}>{children}</AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
