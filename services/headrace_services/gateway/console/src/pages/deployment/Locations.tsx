import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link } from "react-router";

import { useAction } from "@/ui/act.ts";
import { locations as client } from "@/api/clients.ts";
import { LocationService } from "@/api/gen/headrace/api/gateway/v1/location_service_pb.ts";
import { LocationState, type Location } from "@/api/gen/headrace/api/types/v1/location_pb.ts";
import { requestId } from "@/api/ids.ts";
import { isDown, useLocations } from "@/locations/useLocations.ts";
import { count } from "@/model/numbers.ts";
import type { StateLook } from "@/model/states.ts";
import { formatSpan, spanMillis } from "@/model/time.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Button } from "@/ui/Button.tsx";
import { FailureView } from "@/ui/FailureView.tsx";
import { Empty, Failed, Loading, Notice } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Chip } from "@/ui/Tags.tsx";
import { Time } from "@/ui/Time.tsx";
import { toast } from "@/ui/toast.ts";
import styles from "./Deployment.module.css";

const LOOKS: Record<LocationState, StateLook> = {
  [LocationState.UNSPECIFIED]: { tone: "neutral", label: "Unknown" },
  [LocationState.LOADING]: { tone: "starting", label: "Loading", active: true },
  [LocationState.LOADED]: { tone: "succeeded", label: "Loaded" },
  [LocationState.FAILED]: { tone: "failed", label: "Does not load" },
  [LocationState.UNREACHABLE]: { tone: "warning", label: "Cannot be reached" },
};

/** The code locations: whether they have loaded, what is wrong, and a way to load them anew. */
export function Locations({ focus }: { focus: string }) {
  const { data, error, refetch } = useLocations();
  if (error && !data) return <Failed error={error} what="read the locations" onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <Empty title="No code locations">The workspace file names them.</Empty>;
  // What is wrong is what one has come for.
  return data.toSorted((one, other) => Number(isDown(other)) - Number(isDown(one))).map((location) => <LocationPanel key={location.name} location={location} focused={location.name === focus} />);
}

function LocationPanel({ location, focused }: { location: Location; focused: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const queries = useQueryClient();
  useEffect(() => {
    if (focused) place.current?.scrollIntoView({ block: "nearest" });
  }, [focused]);
  const reload = useAction(`reload ${location.name}`, async () => {
    const answer = await client.reloadLocation({ requestId: requestId(), locationName: location.name });
    if (answer.location?.failure) toast(`${location.name} does not load: ${answer.location.failure.message}`, { tone: "failed" });
    else toast(`${location.name} has loaded.`);
    await queries.invalidateQueries();
  });
  const refusal = useRefusal(LocationService.method.reloadLocation, location.name);
  const stale = location.failure !== undefined && location.definitionsDigest !== "";
  return (
    <div ref={place} data-location={location.name}>
      <Panel
        title={
          <h2 className={styles.head}>
            {location.name} <StateBadge look={LOOKS[location.state] ?? LOOKS[LocationState.UNSPECIFIED]} />
          </h2>
        }
        actions={
          <Button small busy={reload.busy} refusal={refusal} icon={<RefreshCw size={13} aria-hidden />} onClick={() => reload.run()}>
            Reload
          </Button>
        }
      >
        {location.failure && (
          <div className={styles.failure}>
            <Notice tone={stale ? "warning" : "failed"} title={stale ? "What it last defined stays in use" : "Nothing is known of what it defines"} />
            <FailureView failure={location.failure} />
          </div>
        )}
        <dl className={styles.facts}>
          <dt>Defines</dt>
          <dd>
            {count(Number(location.definitionCount), "definition")}
            {location.definitionsDigest && (
              <>
                {" "}
                <Chip title={`Version of its definitions: ${location.definitionsDigest}`}>{location.definitionsDigest.slice(0, 12)}</Chip>
              </>
            )}{" "}
            <Link to={links.assets({ q: `code_location:"${location.name}"` })}>assets</Link>
          </dd>
          <dt>Loaded</dt>
          <dd>
            <Time at={location.loadTime} />
            {location.loadDuration && <span className="faint"> in {formatSpan(spanMillis(location.loadDuration))}</span>}
          </dd>
          {location.runtime && (
            <>
              <dt>Runtime</dt>
              <dd>{location.runtime}</dd>
            </>
          )}
          {location.startMethod && (
            <>
              <dt>Workers</dt>
              <dd>
                started by {location.startMethod}
                {location.startMethodReason && <span className="faint"> · {location.startMethodReason}</span>}
              </dd>
            </>
          )}
          {location.address && (
            <>
              <dt>Address</dt>
              <dd>
                <code>{location.address}</code>
              </dd>
            </>
          )}
        </dl>
      </Panel>
    </div>
  );
}
