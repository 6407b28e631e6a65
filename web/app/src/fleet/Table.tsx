import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./Fleet.module.css";
import { arrange, step, type Column, type Sort } from "./table";

interface Props<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  idOf: (row: T) => string | number;
  words: string; // what is searched for
  dim: (row: T) => boolean;
  onOpen: ((row: T) => void) | undefined;
  actions: (row: T) => ReactNode;
  empty: ReactNode;
}

const height = 44;

// Table is a register's rows, however many: only those in sight are drawn. The
// arrow keys walk through it, Enter opens a row.
export function Table<T>({ label, rows, columns, idOf, words, dim, onOpen, actions, empty }: Props<T>) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<Sort>({ column: columns[0]?.id ?? "", down: false });
  const [active, setActive] = useState(0);
  const found = useMemo(() => arrange(rows, columns, words, sort, i18n.language), [rows, columns, words, sort, i18n.language]);
  const at = Math.min(active, Math.max(0, found.length - 1));
  const virtual = useVirtualizer({ count: found.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 12, scrollPaddingStart: 38 });
  const grid = { gridTemplateColumns: `${columns.map((c) => c.width).join(" ")} 118px` };
  const press = (e: KeyboardEvent<HTMLDivElement>) => {
    if (e.target !== e.currentTarget) return;
    if (e.key === "Enter") {
      // The form that opens takes the focus: this press must not send it off.
      e.preventDefault();
      const row = found[at];
      if (row !== undefined) onOpen?.(row);
      return;
    }
    const next = step(e.key, at, found.length, Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / height) - 2));
    if (next === null) return;
    e.preventDefault();
    setActive(next);
    virtual.scrollToIndex(next);
  };
  if (found.length === 0) return empty;
  return (
    <div ref={box} className={css.table} tabIndex={0} role="grid" aria-label={label} aria-rowcount={found.length + 1} aria-activedescendant={`${id}-${at}`} onKeyDown={press}>
      <div className={css.head} role="row" aria-rowindex={1} style={grid}>
        {columns.map((c) => {
          const on = sort.column === c.id;
          return (
            <span key={c.id} role="columnheader" aria-sort={on ? (sort.down ? "descending" : "ascending") : "none"}>
              <button type="button" onClick={() => setSort({ column: c.id, down: on && !sort.down })}>
                {c.head}
                {on && (sort.down ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden />)}
              </button>
            </span>
          );
        })}
        <span role="columnheader">
          <span className="hidden-text">{t("parts.actions")}</span>
        </span>
      </div>
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const row = found[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={idOf(row)}
              id={`${id}-${item.index}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={item.index === at}
              className={`${css.row} ${dim(row) ? css.off : ""}`}
              style={{ ...grid, height, transform: `translateY(${item.start}px)` }}
              onClick={() => setActive(item.index)}
              onDoubleClick={() => onOpen?.(row)}
            >
              {columns.map((c) => (
                <span key={c.id} role="gridcell" className={c.look === undefined ? undefined : css[c.look]} title={c.text(row)}>
                  {c.text(row)}
                </span>
              ))}
              <span role="gridcell" className={css.actions}>
                {actions(row)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
