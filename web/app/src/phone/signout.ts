import { useSignOut } from "../shell/MeMenu";
import { forgetSession } from "./memory";
import type { Phone } from "./phone";

// useSignOutHere also ends the sharing and leaves nothing of this person on the
// phone but what the server hasn't heard yet.
export function useSignOutHere(phone: Phone): () => Promise<void> {
  const signOut = useSignOut();
  return async () => {
    phone.stop("self");
    await phone.forget();
    forgetSession();
    await signOut();
  };
}
