import type { ReactNode } from "react";
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

export function Button({ children, look = "plain", icon, label, keys, big, wide, why, ...rest }: Props) {
  const names = [css.button, css[look], label !== undefined && css.icon, big && css.big, wide && css.wide];
  const disabled = why !== undefined || rest.isDisabled === true;
  const button = (
    <AriaButton
      {...rest}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(keys === undefined ? {} : { "aria-keyshortcuts": keys })}
      isDisabled={disabled}
      className={names.filter(Boolean).join(" ")}
    >
      {rest.isPending === true ? <span className={css.spin} aria-hidden /> : icon}
      {children}
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
