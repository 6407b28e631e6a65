import { useQuery } from "@tanstack/react-query";
import { trust as api } from "../api/queries";

// useAuthority is the local certificate authority of the server; null where it has none.
export function useAuthority() {
  return useQuery({ queryKey: ["trust"], queryFn: ({ signal }) => api.get(signal), staleTime: Infinity });
}
