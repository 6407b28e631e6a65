// Who travels: every page that asks for ways offers the profiles of the map.
import { useQuery } from "@tanstack/react-query";
import { Bike, Car, Footprints, Recycle, Ship, Siren, Truck, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components";
import { city } from "../../api/queries";
import type { MapInfo, Profile } from "../../api/types";
import { useFormat } from "../../i18n/format";
import css from "./Travel.module.css";

export type Traveller = MapInfo["profiles"][number];

const known: Record<string, LucideIcon> = { foot: Footprints, "e-bike": Bike, car: Car, "patrol-car": Siren, "tow-truck": Truck, "sanitation-truck": Recycle, boat: Ship };
const byVehicle: Record<string, LucideIcon> = { foot: Footprints, bicycle: Bike, motorcycle: Bike, hgv: Truck, bus: Truck, boat: Ship };

export function travellerIcon(who: Traveller): LucideIcon {
  return known[who.name] ?? byVehicle[who.vehicle] ?? Car;
}

// useTravellers lists who travels on the map that is served.
export function useTravellers(): { list: readonly Traveller[]; ferries: boolean } {
  const map = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal), staleTime: 60_000 });
  return { list: map.data?.profiles ?? [], ferries: map.data?.ferries ?? false };
}

// useTravellerName says a profile in the reader's language.
export function useTravellerName(): (profile: Profile) => string {
  const format = useFormat();
  const { list } = useTravellers();
  return (profile) => {
    const who = list.find((p) => p.name === profile);
    return who === undefined ? profile : capital(format.name(who.title, who.name));
  };
}

const capital = (s: string): string => s.charAt(0).toLocaleUpperCase() + s.slice(1);

// Travel chooses one of them: an icon each, the chosen one with its name.
export function Travel({ value, onChange }: { value: Profile; onChange: (next: Profile) => void }) {
  const { t } = useTranslation();
  const { list } = useTravellers();
  const name = useTravellerName();
  return (
    <RadioGroup aria-label={t("route.profile")} orientation="horizontal" value={value} onChange={onChange} className={css.group ?? ""}>
      {list.map((who) => {
        const Icon = travellerIcon(who);
        return (
          <RadioField key={who.name} value={who.name} className={css.choice ?? ""}>
            <RadioButton className={css.one ?? ""}>
              <span title={name(who.name)}>
                <Icon aria-hidden />
              </span>
              <span className={css.name}>{name(who.name)}</span>
            </RadioButton>
          </RadioField>
        );
      })}
    </RadioGroup>
  );
}
