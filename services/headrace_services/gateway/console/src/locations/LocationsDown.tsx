import { LocationState } from "@/api/gen/headrace/api/types/v1/location_pb.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Notice } from "@/ui/Notice.tsx";
import { isDown, useLocations } from "./useLocations.ts";

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
