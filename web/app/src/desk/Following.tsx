import { Footprints, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "../live/LiveProvider";
import { moves, useDesk, useDeskStore } from "../map/desk";
import { Button } from "../parts/Button";
import css from "./Desk.module.css";

// Following says that the map moves by itself, and why; one press ends it.
export function Following() {
  const { t } = useTranslation();
  const store = useDeskStore();
  const { units } = useLive();
  const id = useDesk((d) => d.follow);
  const [name, setName] = useState("");
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (id === null) return;
    const look = () => {
      const unit = units.get(id)?.unit;
      setAway(unit === undefined);
      if (unit !== undefined) setName(unit.name);
    };
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [id, units]);
  if (id === null) return null;
  return (
    <div className={css.following} role="status">
      <Footprints aria-hidden />
      <span>{t(away ? "unit.followLost" : "unit.following", { name })}</span>
      <Button look="quiet" icon={<X />} label={t("unit.unfollow")} onPress={() => store.set(moves.unfollow)} />
    </div>
  );
}
