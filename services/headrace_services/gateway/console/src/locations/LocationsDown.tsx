import { LocationState, type Location } from "@/api/gen/headrace/api/types/v1/location_pb.ts";
import { count } from "@/model/numbers.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Notice } from "@/ui/Notice.tsx";
import { isDown, useLocations } from "./useLocations.ts";

const NAMED = 5;

/** Marks what is shown of locations that are down; of one, or of all. */
export function LocationsDown({ name }: { name?: string }) {
  const { data } = useLocations();
  const down = data?.filter((location) => isDown(location) && (name === undefined || location.name === name)) ?? [];
  const [first] = down;
  if (!first) return null;
  return (
    <Notice
      tone="warning"
      title={down.length === 1 ? whatIsWrong(first) : `${count(down.length, "location")} cannot be used: ${namesOf(down)}`}
      actions={
        <ButtonLink small to={links.deployment(down.length === 1 ? { location: first.name } : {})}>
          See why
        </ButtonLink>
      }
    >
      {whatIsShown(down)}
    </Notice>
  );
}

function whatIsWrong({ name, state }: Location): string {
  return state === LocationState.FAILED ? `The code of ${name} does not load` : `${name} cannot be reached`;
}

function namesOf(down: readonly Location[]): string {
  const names = down.slice(0, NAMED).map((location) => location.name);
  return [...names, ...(down.length > NAMED ? [`${down.length - NAMED} more`] : [])].join(", ");
}

function whatIsShown(down: readonly Location[]): string {
  const known = down.filter((location) => location.definitionsDigest !== "");
  const what = down.length === 1 ? "it defines" : "they define";
  if (known.length === 0) return `Nothing is known of what ${what}.`;
  return known.length === down.length ? `What ${what} is shown as it was last known.` : `What is known of ${namesOf(known)} is shown as it was last; of the others nothing is known.`;
}
