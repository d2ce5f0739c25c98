import { QueryClient } from "@tanstack/react-query";

import { onConnection, connection } from "./connection.ts";
import { isTransient } from "./errors.ts";

/** What was read, kept for as long as it is shown and a little longer. Streams keep it fresh, not timers. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 3 && isTransient(error),
      retryDelay: (failures) => Math.min(4_000, 300 * 2 ** failures) * (0.5 + Math.random() / 2),
      refetchOnWindowFocus: true,
      // Messages are no plain objects; comparing them deeply costs more than drawing them again.
      structuralSharing: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

onConnection(() => {
  if (connection().up) void queryClient.invalidateQueries();
});
