import { CircleAlert, ChevronDown, Eye, EyeOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
  TextField,
  type TextFieldProps,
} from "react-aria-components";
import css from "./Field.module.css";
import menu from "./Menu.module.css";

interface FieldProps extends Omit<TextFieldProps, "className" | "style" | "children"> {
  label: string;
  note?: ReactNode;
  error?: string | undefined;
  icon?: ReactNode;
  placeholder?: string;
  hideLabel?: boolean;
}

// Field is a line of text with its label above and what is wrong beside it.
export function Field({ label, note, error, icon, placeholder, hideLabel, type, ...rest }: FieldProps) {
  const { t } = useTranslation();
  const [peek, setPeek] = useState(false);
  const secret = type === "password";
  return (
    <TextField {...rest} type={secret && peek ? "text" : (type ?? "text")} isInvalid={error !== undefined} validationBehavior="aria" className={css.field ?? ""}>
      <Label className={hideLabel === true ? "hidden-text" : (css.label ?? "")}>{label}</Label>
      <div className={css.box}>
        {icon}
        <Input {...(placeholder === undefined ? {} : { placeholder })} />
        {secret && (
          <button type="button" className={css.peek} onClick={() => setPeek(!peek)} aria-pressed={peek} aria-label={t("parts.peek")}>
            {peek ? <EyeOff /> : <Eye />}
          </button>
        )}
      </div>
      {note !== undefined && (
        <Text slot="description" className={css.note ?? ""}>
          {note}
        </Text>
      )}
      <FieldError className={css.error ?? ""}>
        <CircleAlert aria-hidden />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  hideLabel?: boolean;
  value: T | null;
  choices: { id: T; text: string; note?: string }[];
  onChange: (value: T) => void;
  placeholder?: string;
  note?: string;
  error?: string | undefined;
}

// Choice is one of a few. Lists too long to read at a glance need a search instead.
export function Choice<T extends string>({ label, hideLabel, value, choices, onChange, placeholder, note, error }: ChoiceProps<T>) {
  return (
    <Select
      className={css.field ?? ""}
      value={value}
      onChange={(key) => {
        const found = choices.find((c) => c.id === key);
        if (found !== undefined) onChange(found.id);
      }}
      placeholder={placeholder ?? ""}
      isInvalid={error !== undefined}
    >
      <Label className={hideLabel === true ? "hidden-text" : (css.label ?? "")}>{label}</Label>
      <Button className={`${css.box} ${css.select}`}>
        <SelectValue className={css.value ?? ""}>{({ selectedText, defaultChildren }) => (selectedText === "" ? defaultChildren : selectedText)}</SelectValue>
        <ChevronDown aria-hidden />
      </Button>
      {note !== undefined && (
        <Text slot="description" className={css.note ?? ""}>
          {note}
        </Text>
      )}
      <FieldError className={css.error ?? ""}>
        <CircleAlert aria-hidden />
        <span>{error}</span>
      </FieldError>
      <Popover className={menu.popover ?? ""} offset={4}>
        <ListBox items={choices} className={menu.list ?? ""}>
          {(c) => (
            <ListBoxItem id={c.id} textValue={c.text} className={menu.item ?? ""}>
              <Text slot="label">{c.text}</Text>
              {c.note !== undefined && <Text slot="description" className={menu.note ?? ""}>{c.note}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
