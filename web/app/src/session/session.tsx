import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, type ReactNode } from "react";
import { onSignedOut } from "../api/client";
import { session as api } from "../api/queries";
import type { Session } from "../api/types";

export const sessionKey = ["session"] as const;

export const stranger: Session = {
  person: null,
  bureau: {},
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  language: "en",
  setup_needed: false,
  demo: false,
  version: "",
  clock: { now: new Date(0).toISOString(), speed: 1 },
};

const Context = createContext<Session>(stranger);

// useSession is who is here and whose bureau this is.
export function useSession(): Session {
  return useContext(Context);
}

// useRight says whether the signed-in person has a right, such as "people.read".
export function useRight(right: string): boolean {
  return useSession().person?.rights.includes(right) ?? false;
}

interface Props {
  children: ReactNode;
  kept?: Session | undefined; // who it was last, until the server says who it is
  waiting: ReactNode;
  unreachable: (retry: () => void) => ReactNode;
}

export function SessionProvider({ children, kept, waiting, unreachable }: Props) {
  const client = useQueryClient();
  const { data: told, isError, refetch } = useQuery({
    queryKey: sessionKey,
    queryFn: ({ signal }) => api.get(signal),
    // Rights may change under us; a minute is soon enough, every request is checked anyway.
    refetchInterval: 60_000,
    retry: 1,
  });
  const data = told ?? kept;
  useEffect(() => onSignedOut(() => void client.invalidateQueries({ queryKey: sessionKey })), [client]);
  if (data === undefined) return isError ? unreachable(() => void refetch()) : waiting;
  return <Context value={data}>{children}</Context>;
}

// FixedSession serves pages without a server: the kit.
export function FixedSession({ session, children }: { session: Session; children: ReactNode }) {
  return <Context value={session}>{children}</Context>;
}
