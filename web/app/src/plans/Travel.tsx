import type { TFunction } from "i18next";
import { Bike, Car, Footprints, Ship, type LucideIcon } from "lucide-react";

const icons: Record<string, LucideIcon> = { foot: Footprints, "e-bike": Bike, boat: Ship };

// TravelSign shows how a patrol travels.
export function TravelSign({ by }: { by: string }) {
  const Icon = icons[by] ?? Car;
  return <Icon aria-hidden />;
}

// travelWords says it, nothing of who walks.
export function travelWords(t: TFunction, by: string): string {
  if (by === "foot" || by === "") return "";
  return by === "e-bike" || by === "boat" ? t(`going.${by}`) : t("going.car");
}
