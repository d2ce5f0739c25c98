import { useQuery } from "@tanstack/react-query";

import { access } from "@/api/clients.ts";

/** Reads who we are to the gateway. */
export function useCaller() {
  return useQuery({ queryKey: ["caller"], queryFn: ({ signal }) => access.getCaller({}, { signal }), staleTime: Infinity });
}
