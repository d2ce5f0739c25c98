import { createBrowserRouter, type LazyRouteFunction, type RouteObject } from "react-router";

import { PageFailed } from "./PageFailed.tsx";
import { Shell } from "./Shell.tsx";

// Each page is a folder below `pages/`, loaded when it is first opened; its `index.tsx` exports `Component`.
const PAGES: Record<string, LazyRouteFunction<RouteObject>> = {
  "": () => import("@/pages/overview/index.tsx"),
  runs: () => import("@/pages/runs/index.tsx"),
  "runs/:runId": () => import("@/pages/run/index.tsx"),
  jobs: () => import("@/pages/jobs/index.tsx"),
  "locations/:location/jobs/:job": () => import("@/pages/job/index.tsx"),
  assets: () => import("@/pages/assets/index.tsx"),
  // The rest of the address is the asset's key, part by part.
  "assets/*": () => import("@/pages/asset/index.tsx"),
  automation: () => import("@/pages/automation/index.tsx"),
  "automation/schedules/:location/:name": () => import("@/pages/schedule/index.tsx"),
  "automation/sensors/:location/:name": () => import("@/pages/sensor/index.tsx"),
  backfills: () => import("@/pages/backfills/index.tsx"),
  "backfills/:backfillId": () => import("@/pages/backfill/index.tsx"),
  deployment: () => import("@/pages/deployment/index.tsx"),
  "*": () => import("@/pages/missing/index.tsx"),
};

/** Returns the router over all pages. */
export function createRouter() {
  const children = Object.entries(PAGES).map(([path, lazy]) => ({ path, lazy, errorElement: <PageFailed /> }));
  return createBrowserRouter([{ element: <Shell />, errorElement: <PageFailed />, children, hydrateFallbackElement: <></> }]);
}
