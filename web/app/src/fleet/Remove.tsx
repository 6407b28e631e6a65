import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { registers, type RegisterName } from "../api/registers";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Note, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { keyOf } from "./book";

export function Remove({ register, entry, name, onClose }: { register: RegisterName; entry: { id: number | string; version: number }; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => registers.remove(register, entry.id, entry.version),
    onSuccess: () => {
      say(t("fleet.removed", { name }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(register) }),
  });
  return (
    <>
      <p>{t("fleet.removeNote", { name })}</p>
      {remove.isError && <Note tone="bad">{trouble(remove.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="danger" isPending={remove.isPending} onPress={() => remove.mutate()}>
          {t("fleet.remove")}
        </Button>
      </DialogFoot>
    </>
  );
}
