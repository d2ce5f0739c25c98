import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useRef } from "react";

import { deployment, events, locations } from "./clients.ts";
import { follow } from "./follow.ts";
import type { ChangeKind, WatchChangesResponse } from "./gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { WatchLocationsResponse } from "./gen/headrace/api/gateway/v1/location_service_pb.ts";
import type { Event } from "./gen/headrace/api/types/v1/event_pb.ts";
import { Hub } from "./hub.ts";
import { Throttle } from "./throttle.ts";

// One stream of each kind for the whole page: a browser opens six connections to a host, and calls need some of them.

const runStates = eventHub(["run_state_changed"]);
const assetEvents = eventHub(["asset_materialized", "asset_observed", "asset_check_evaluated", "asset_wiped", "run_planned", "run_state_changed"]);

const changes = new Hub<WatchChangesResponse>((send) =>
  follow({ open: (cursor, signal) => deployment.watchChanges({ cursor }, { signal }), receive: send }),
);

const locationChanges = new Hub<WatchLocationsResponse>((send) =>
  follow({ open: (cursor, signal) => locations.watchLocations({ cursor }, { signal }), receive: send }),
);

/**
 * Calls `receive` with the changes of state of all runs, from now on; first with none at all, as soon as the stream is open: what
 * happened after a page was read and before that is in neither.
 */
export function useRunStates(receive: (events: Event[]) => void): void {
  useHub(runStates, receive);
}

/** Calls `receive` with what happens to assets, from now on. */
export function useAssetEvents(receive: (events: Event[]) => void): void {
  useHub(assetEvents, receive);
}

/** Calls `receive` with the locations that change. */
export function useLocationChanges(receive: (message: WatchLocationsResponse) => void): void {
  useHub(locationChanges, receive);
}

/** Reads queries anew when something of these kinds may have changed, at most once in `pause` milliseconds. */
export function useRefreshOn(kinds: readonly ChangeKind[], keys: readonly QueryKey[], pause = 400): void {
  const client = useQueryClient();
  const refresh = useThrottled(() => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))), pause);
  useHub(changes, (message) => {
    if (message.kinds.some((kind) => kinds.includes(kind))) refresh();
  });
}

/** Returns a function that calls `act` soon, and then not again until what it returns is done and `pause` milliseconds are over. */
export function useThrottled(act: () => unknown, pause: number): () => void {
  const latest = useEffectEvent(act);
  const throttle = useRef<Throttle>(null);
  useEffect(() => {
    const current = new Throttle(pause, () => latest());
    throttle.current = current;
    return () => current.stop();
  }, [pause]);
  return useCallback(() => throttle.current?.call(), []);
}

function eventHub(kinds: string[]): Hub<Event[]> {
  return new Hub((send) => {
    let open = false;
    return follow({
      open: (cursor, signal) => events.watchEvents({ cursor, kinds }, { signal }),
      receive: (message) => {
        if (!open) send([]);
        open = true;
        if (message.events.length > 0) send(message.events);
      },
    });
  });
}

function useHub<M>(hub: Hub<M>, receive: (message: M) => void): void {
  const latest = useEffectEvent(receive);
  useEffect(() => hub.listen((message) => latest(message)), [hub]);
}
