import { CircleAlert, ChevronsUpDown } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import css from "./Field.module.css";
import menu from "./Menu.module.css";

export interface PickItem {
  id: string;
  text: string;
  note?: string;
}

interface Props {
  label: string;
  value: string | null;
  items: PickItem[];
  onChange: (id: string | null) => void;
  placeholder?: string;
  note?: string | undefined;
  error?: string | undefined;
}

// More than this is not read but typed for.
const shown = 60;

// Pick is one of many, found by typing. Emptying it chooses nothing.
export function Pick({ label, value, items, onChange, placeholder, note, error }: Props) {
  const { t } = useTranslation();
  const chosen = items.find((i) => i.id === value);
  const [typed, setTyped] = useState<string | null>(null); // null: not being typed in
  const found = useMemo(() => match(items, typed ?? ""), [items, typed]);
  return (
    <ComboBox
      className={css.field ?? ""}
      items={found}
      value={value}
      onChange={(key) => {
        setTyped(null);
        onChange(key === null ? null : String(key));
      }}
      inputValue={typed ?? chosen?.text ?? ""}
      onInputChange={(text) => {
        const same = text === (chosen?.text ?? "");
        setTyped(same ? null : text);
        if (!same && text === "") onChange(null);
      }}
      onBlur={() => setTyped(null)}
      defaultFilter={() => true}
      menuTrigger="focus"
      allowsEmptyCollection
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label className={css.label ?? ""}>{label}</Label>
      <div className={css.box}>
        <Input placeholder={placeholder ?? ""} autoComplete="off" />
        <Button className={css.peek ?? ""} aria-label={t("parts.open")}>
          <ChevronsUpDown aria-hidden />
        </Button>
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
      <Popover className={menu.popover ?? ""} offset={4}>
        <ListBox<PickItem> className={menu.list ?? ""} renderEmptyState={() => <span className={menu.none}>{t("parts.noMatch")}</span>}>
          {(item) => (
            <ListBoxItem id={item.id} textValue={item.text} className={menu.item ?? ""}>
              <Text slot="label">{item.text}</Text>
              {item.note !== undefined && (
                <Text slot="description" className={menu.note ?? ""}>
                  {item.note}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

// match keeps what holds every word, and no more than one can look at.
export function match(items: PickItem[], typed: string): PickItem[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((i) => words.every((w) => `${i.text} ${i.note ?? ""}`.toLowerCase().includes(w))).slice(0, shown);
}
