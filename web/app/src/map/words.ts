import { useMemo } from "react";
import { useTranslation } from "react-i18next";

// useMapWords are the words that the map library and the pins need as strings.
export function useMapWords() {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      from: t("route.from"),
      to: t("route.to"),
      via: (n: number) => t("route.viaN", { n }),
      spot: t("spot.pin"),
      locale: {
        "Map.Title": t("map.canvas"),
        "Marker.Title": t("map.marker"),
      },
    }),
    [t],
  );
}
