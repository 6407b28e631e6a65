import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton, Focusable, Tooltip, TooltipTrigger, type ButtonProps } from "react-aria-components";
import css from "./Button.module.css";

interface Props extends Omit<ButtonProps, "className" | "style" | "children"> {
  children?: ReactNode;
  look?: "plain" | "main" | "quiet" | "danger";
  icon?: ReactNode;
  label?: string; // for a button of an icon alone: its name, shown as a tip
  keys?: string; // the key that does the same
  big?: boolean;
  wide?: boolean;
  why?: string | undefined; // why it can not be pressed now; a disabled button must say so
}

// A pending button keeps its focus, shows that it works, and does nothing more.
// (react-aria's own isPending announces a progress bar that is gone by then.)
export function Button({ children, look = "plain", icon, label, keys, big, wide, why, isPending, onPress, type, ...rest }: Props) {
  const { t } = useTranslation();
  const pending = isPending === true;
  const names = [css.button, css[look], label !== undefined && css.icon, big && css.big, wide && css.wide];
  const disabled = why !== undefined || rest.isDisabled === true;
  const button = (
    <AriaButton
      {...rest}
      type={pending ? "button" : (type ?? "button")}
      {...(pending || onPress === undefined ? {} : { onPress })}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(keys === undefined ? {} : { "aria-keyshortcuts": keys })}
      isDisabled={disabled}
      className={names.filter(Boolean).join(" ")}
    >
      {pending ? <span className={css.spin} aria-hidden /> : icon}
      {children}
      {pending && <span className="hidden-text">{t("parts.loading")}</span>}
    </AriaButton>
  );
  if (why !== undefined)
    return (
      <TooltipTrigger delay={200}>
        <Focusable>
          {/* A disabled button gets no focus, so the reason sits on a wrapper that does. */}
          <span role="note" tabIndex={0} aria-label={why}>{button}</span>
        </Focusable>
        <Tip>{why}</Tip>
      </TooltipTrigger>
    );
  if (label === undefined) return button;
  return (
    <TooltipTrigger delay={500}>
      {button}
      <Tip>
        {label}
        {keys !== undefined && <kbd>{keys}</kbd>}
      </Tip>
    </TooltipTrigger>
  );
}

function Tip({ children }: { children: ReactNode }) {
  return (
    <Tooltip className={css.tip ?? ""} offset={6}>
      {children}
    </Tooltip>
  );
}
