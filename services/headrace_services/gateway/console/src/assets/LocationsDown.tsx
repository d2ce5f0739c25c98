import { useQuery, useQueryClient } from "@tanstack/react-query";

import { locations } from "@/api/clients.ts";
import { LocationState, type Location } from "@/api/gen/headrace/api/types/v1/location_pb.ts";
import { useLocationChanges } from "@/api/live.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Notice } from "@/ui/Notice.tsx";

const KEY = ["locations"];

/** Reads the code locations, and keeps them as they are. */
export function useLocations() {
  const client = useQueryClient();
  useLocationChanges((message) => message.locations.length + message.removedNames.length > 0 && void client.invalidateQueries({ queryKey: KEY }));
  return useQuery({ queryKey: KEY, queryFn: async () => (await locations.listLocations({ pageSize: 1000 })).locations });
}

/** Tells whether what a location defines is shown as it was last known. */
export function isDown(location: Location): boolean {
  return location.state === LocationState.FAILED || location.state === LocationState.UNREACHABLE;
}

/** Marks what is shown of locations that are down; of one, or of all. */
export function LocationsDown({ name }: { name?: string }) {
  const { data } = useLocations();
  const down = data?.filter((location) => isDown(location) && (name === undefined || location.name === name)) ?? [];
  return down.map((location) => (
    <Notice
      key={location.name}
      tone="warning"
      title={location.state === LocationState.FAILED ? `The code of ${location.name} does not load` : `${location.name} cannot be reached`}
      actions={
        <ButtonLink small to={links.deployment({ location: location.name })}>
          See why
        </ButtonLink>
      }
    >
      {location.definitionsDigest ? "What it defines is shown as it was last known." : "Nothing is known of what it defines."}
    </Notice>
  ));
}
