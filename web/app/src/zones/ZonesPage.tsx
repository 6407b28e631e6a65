import { useQuery } from "@tanstack/react-query";
import { MapPinned, ShieldX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { Problem } from "../api/problem";
import { city } from "../api/queries";
import { Button } from "../parts/Button";
import button from "../parts/Button.module.css";
import { Bones, Empty, Trouble } from "../parts/parts";
import { useRight } from "../session/session";
import { NotFound } from "../shell/NotFound";
import shell from "../shell/Shell.module.css";
import { ZonesEditor } from "./ZonesEditor";

// ZonesPage is where zones are drawn, and what may not be in them is said.
export default function ZonesPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const may = useRight("zones.read");
  const map = useQuery({ queryKey: ["map"], queryFn: ({ signal }) => city.map(signal), staleTime: 60_000, enabled: may });
  if (!may)
    return (
      <Empty icon={<ShieldX />} title={t("admin.noRight")}>
        <p>{t("admin.noRightNote")}</p>
      </Empty>
    );
  if (id !== undefined && !/^[1-9]\d{0,14}$/.test(id)) return <NotFound />;
  if (map.data !== undefined) return <ZonesEditor info={map.data} asked={id === undefined ? null : Number(id)} />;
  if (map.error instanceof Problem && map.error.code === "map.none")
    return (
      <Empty icon={<MapPinned />} title={t("map.none")}>
        <p>{t("map.noneAsk")}</p>
        <Link href="/map" className={`${button.button} ${button.main}`}>
          {t("notFound.back")}
        </Link>
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
