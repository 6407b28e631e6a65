import { useEffect, useState, useSyncExternalStore } from "react";
import type { Phone, State } from "./phone";

export function usePhone(phone: Phone): State {
  return useSyncExternalStore(phone.subscribe, phone.get);
}

// useServerNow is the server's time in ms since 1970, told each second.
export function useServerNow(phone: Phone): number {
  const [now, setNow] = useState(phone.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(phone.now()), 1000);
    return () => clearInterval(timer);
  }, [phone]);
  return now;
}
