import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Building, Droplets, Hash, History, MapPin, Route, Search, X, type LucideIcon } from "lucide-react";
import { useEffect, useEffectEvent, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { city } from "../../api/queries";
import type { Hit, HitKind } from "../../api/types";
import { useFormat } from "../../i18n/format";
import { Bones, Kbd, useTrouble } from "../../parts/parts";
import { moves, useDesk, useDeskStore } from "../desk";
import { addRecent, describe, hitTitle, keepRecent, loadRecent } from "./hits";
import css from "./SearchBox.module.css";

const icons: Record<HitKind, LucideIcon> = { street: Route, settlement: Building, poi: MapPin, address: Hash, water: Droplets };
const waitMs = 120; // after the last key; a pinyin typist strikes about every 150 ms

// SearchBox is a combobox: arrows choose and hint on the map, Enter goes there.
// The map never moves while one types.
export function SearchBox({ onChosen }: { onChosen?: () => void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const trouble = useTrouble();
  const store = useDeskStore();
  const [path, go] = useLocation();
  const id = useId();
  const asked = useDesk((d) => d.q);
  const [text, setText] = useState(asked);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [recent, setRecent] = useState(loadRecent);
  const input = useRef<HTMLInputElement>(null);
  const q = useLater(text.trim(), waitMs);

  const found = useQuery({
    queryKey: ["search", q, i18n.language],
    queryFn: ({ signal }) => city.search(q, store.get().view?.center ?? null, i18n.language, signal),
    enabled: q !== "" && open,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const listing = text.trim() === "" ? recent : (found.data ?? []);
  const current = listing[Math.min(active, listing.length - 1)];
  // What is listed is for the words as they are now.
  const fresh = q === text.trim() && !found.isPlaceholderData && (q === "" || found.data !== undefined);
  const [entered, setEntered] = useState(false); // before the list was fresh

  const hint = (hit: Hit | undefined) => store.set((d) => ({ ...d, hinted: hit?.at ?? null }));
  const shut = () => {
    setOpen(false);
    setEntered(false);
    hint(undefined);
  };
  const choose = (hit: Hit) => {
    const next = addRecent(recent, hit);
    keepRecent(next);
    setRecent(next);
    const title = hitTitle(hit, format);
    setText(title);
    setOpen(false);
    store.set((d) => ({ ...moves.choose(d, hit), q: title }));
    if (path !== "/map") go("/map");
    input.current?.blur();
    onChosen?.();
  };
  const move = (to: number) => {
    if (listing.length === 0) return;
    const next = (to + listing.length) % listing.length;
    setActive(next);
    hint(listing[next]);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const clear = () => {
    setText("");
    store.set((d) => ({ ...d, q: "", hinted: null }));
    input.current?.focus();
  };
  const press = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (!open) setOpen(true);
      else move(Math.min(active, listing.length - 1) + (e.key === "ArrowDown" ? 1 : -1));
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (!fresh) setEntered(true);
      else if (current !== undefined) choose(current);
    } else if (e.key === "Escape") {
      e.preventDefault();
      if (open) shut();
      else input.current?.blur();
    }
  };
  // Who types faster than the server answers need not press Enter twice.
  const onFresh = useEffectEvent(() => {
    setEntered(false);
    if (current !== undefined) choose(current);
  });
  useEffect(() => {
    if (entered && fresh) onFresh();
  }, [entered, fresh]);
  const searching = text.trim() !== "";
  const waiting = searching && (found.isPending || q !== text.trim()) && listing.length === 0;
  const showDrop = open && (searching || recent.length > 0);
  return (
    <div className={css.root} onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) shut(); }}>
      <div className={css.box}>
        <Search aria-hidden />
        <input
          ref={input}
          data-search
          type="search"
          role="combobox"
          aria-label={t("search.label")}
          aria-expanded={showDrop}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={showDrop && current !== undefined ? `${id}-${Math.min(active, listing.length - 1)}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={t("search.placeholder")}
          value={text}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onChange={(e) => {
            setText(e.target.value);
            setActive(0);
            setEntered(false);
            setOpen(true);
          }}
          onKeyDown={press}
        />
        {text === "" ? (
          <Kbd>/</Kbd>
        ) : (
          <button type="button" className={css.clear} onClick={clear} aria-label={t("search.clear")}>
            <X />
          </button>
        )}
      </div>
      {showDrop && (
        <div className={css.drop} onPointerDown={(e) => e.preventDefault()}>
          {!searching && (
            <div className={css.head}>
              {t("search.recent")}
              <button type="button" onClick={() => { keepRecent([]); setRecent([]); }}>
                {t("search.forget")}
              </button>
            </div>
          )}
          {waiting && !found.isError && <Bones lines={3} />}
          {searching && found.isError && <p className={css.none} role="alert">{trouble(found.error)}</p>}
          {searching && !found.isError && found.isSuccess && !found.isPlaceholderData && listing.length === 0 && (
            <p className={css.none}>
              <b>{t("search.none", { q })}</b>
              {t("search.noneNote")}
            </p>
          )}
          <ul id={`${id}-list`} role="listbox" aria-label={t("search.results")}>
            {listing.map((hit, i) => (
              <Row key={`${hit.kind}${hit.at.join()}${hit.name}${hit.number}`} id={`${id}-${i}`} hit={hit} selected={hit === current} old={!searching} onPoint={() => { setActive(i); hint(hit); }} onChoose={() => choose(hit)} />
            ))}
          </ul>
          {listing.length > 0 && (
            <div className={css.foot} aria-hidden>
              <span>↑↓ {t("search.keysChoose")}</span>
              <span>↵ {t("search.keysGo")}</span>
            </div>
          )}
        </div>
      )}
      <span className="hidden-text" role="status">
        {open && searching && found.isSuccess && !found.isPlaceholderData ? t("search.count", { count: listing.length }) : ""}
      </span>
    </div>
  );
}

interface RowProps {
  id: string;
  hit: Hit;
  selected: boolean;
  old: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function Row({ id, hit, selected, old, onPoint, onChoose }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = old ? History : icons[hit.kind];
  const title = hitTitle(hit, format);
  const local = hit.names[""];
  return (
    <li id={id} role="option" aria-selected={selected} className={css.hit} onPointerMove={selected ? undefined : onPoint} onClick={onChoose}>
      <Icon aria-hidden />
      <span className={css.text}>
        <b>{title}</b>
        <span>
          {describe(hit, t)}
          {local !== undefined && local !== "" && !title.includes(local) && ` · ${local}`}
        </span>
      </span>
      {hit.distance_m !== undefined && <span className={css.far}>{format.distance(hit.distance_m)}</span>}
    </li>
  );
}

function useLater<T>(value: T, ms: number): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return later;
}
