import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import { roleTable } from "../api/queries";
import { Bones, Trouble } from "../parts/parts";
import css from "./Admin.module.css";

// RolesSection shows the server's own table of who may what. It is not edited
// here: the table is part of the program and tested cell by cell.
export function RolesSection() {
  const { t } = useTranslation();
  const table = useQuery({ queryKey: ["roles"], queryFn: ({ signal }) => roleTable.get(signal), staleTime: Infinity });
  if (table.isPending) return <Bones lines={6} />;
  if (table.isError) return <Trouble error={table.error} />;
  const { roles } = table.data;
  // What is open to everybody, such as signing in, is nobody's in particular.
  const rights = table.data.rights.filter((right) => roles.some((r) => r.rights.includes(right)));
  const role = (id: string) => t(`role.${id}` as "role.admin", { defaultValue: id });
  return (
    <>
      <p className={css.dim}>{t("roles.note")}</p>
      <div className={css.wrap} tabIndex={0} role="region" aria-label={t("admin.roles")}>
        <table className={css.matrix}>
          <thead>
            <tr>
              <th scope="col">{t("roles.right")}</th>
              {roles.map((r) => (
                <th key={r.role} scope="col">
                  {role(r.role)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rights.map((right) => (
              <tr key={right}>
                <th scope="row">
                  {t(`right.${right}` as "right.search", { defaultValue: right })}
                  <code>{right}</code>
                </th>
                {roles.map((r) => {
                  const has = r.rights.includes(right);
                  return (
                    <td key={r.role}>
                      {has ? <Check aria-hidden /> : <span className={css.no} aria-hidden>·</span>}
                      <span className="hidden-text">{t(has ? "roles.yes" : "roles.no")}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
