import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { registers, type Device } from "../api/registers";
import { Button } from "../parts/Button";
import { DialogFoot } from "../parts/Dialog";
import { Note, useTrouble } from "../parts/parts";
import { keyOf } from "./book";

// NewSecret asks before the old secret of a device is void.
export function NewSecret({ device, onSecret, onClose }: { device: Device; onSecret: (secret: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const client = useQueryClient();
  const give = useMutation({
    mutationFn: () => registers.newSecret(device.id, device.version),
    onSuccess: ({ secret }) => onSecret(secret),
    onSettled: () => client.invalidateQueries({ queryKey: keyOf("devices") }),
  });
  return (
    <>
      <p>{t("fleet.newSecretNote", { name: device.id })}</p>
      {give.isError && <Note tone="bad">{trouble(give.error)}</Note>}
      <DialogFoot>
        <Button onPress={onClose}>{t("parts.cancel")}</Button>
        <Button look="main" isPending={give.isPending} onPress={() => give.mutate()}>
          {t("fleet.newSecret")}
        </Button>
      </DialogFoot>
    </>
  );
}
