import { useQuery, useQueryClient } from "@tanstack/react-query";

import { locations } from "@/api/clients.ts";
import { LocationState, type Location } from "@/api/gen/headrace/api/types/v1/location_pb.ts";
import { useLocationChanges } from "@/api/live.ts";

const KEY = ["locations"];

/** Reads the code locations, and keeps them as they are. */
export function useLocations() {
  const client = useQueryClient();
  useLocationChanges((message) => message.locations.length + message.removedNames.length > 0 && void client.invalidateQueries({ queryKey: KEY }));
  return useQuery({ queryKey: KEY, queryFn: async ({ signal }) => (await locations.listLocations({ pageSize: 1000 }, { signal })).locations });
}

/** Tells whether what a location defines is shown as it was last known. */
export function isDown(location: Location): boolean {
  return location.state === LocationState.FAILED || location.state === LocationState.UNREACHABLE;
}
