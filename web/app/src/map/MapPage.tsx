import { useQuery } from "@tanstack/react-query";
import { MapPinned } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Problem } from "../api/problem";
import { city } from "../api/queries";
import button from "../parts/Button.module.css";
import { Bones, Empty, Trouble } from "../parts/parts";
import { Button } from "../parts/Button";
import { useRight } from "../session/session";
import shell from "../shell/Shell.module.css";
import { CityView } from "./CityView";

export default function MapPage() {
  const { t } = useTranslation();
  const mayImport = useRight("map.import");
  const map = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal), staleTime: 60_000 });
  if (map.data !== undefined) return <CityView key={map.data.id} info={map.data} />;
  if (map.error instanceof Problem && map.error.code === "map.none")
    return (
      <Empty icon={<MapPinned />} title={t("map.none")}>
        <p>{t(mayImport ? "map.noneImport" : "map.noneAsk")}</p>
        {mayImport && (
          <Link href="/admin/map" className={`${button.button} ${button.main}`}>
            {t("map.import")}
          </Link>
        )}
      </Empty>
    );
  return (
    <div className={shell.full}>
      <div style={{ width: "min(420px, 100%)" }}>
        {map.isError ? <Trouble error={map.error} retry={<Button onPress={() => void map.refetch()}>{t("link.retry")}</Button>} /> : <Bones lines={3} />}
      </div>
    </div>
  );
}
