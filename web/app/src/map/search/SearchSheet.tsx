import { useDesk, useDeskStore } from "../desk";
import { SearchBox } from "./SearchBox";
import css from "./SearchBox.module.css";

// SearchSheet is the search on a phone, above the thumb.
export function SearchSheet() {
  const store = useDeskStore();
  const open = useDesk((d) => d.searching);
  if (!open) return null;
  return (
    <div className={css.sheet} role="search">
      <SearchBox onChosen={() => store.set((d) => ({ ...d, searching: false }))} />
    </div>
  );
}
