/** An asset's path. */
interface Key {
  path: string[];
}

const part = encodeURIComponent;

/** The address of every page: links are made here and nowhere else. */
export const links = {
  overview: () => "/",
  runs: (filter: Record<string, string> = {}) => withQuery("/runs", filter),
  run: (runId: string, view: Record<string, string> = {}) => withQuery(`/runs/${part(runId)}`, view),
  jobs: () => "/jobs",
  job: (location: string, job: string, view: Record<string, string> = {}) =>
    withQuery(`/locations/${part(location)}/jobs/${part(job)}`, view),
  assets: (view: Record<string, string> = {}) => withQuery("/assets", view),
  asset: (key: Key, view: Record<string, string> = {}) => withQuery(`/assets/${key.path.map(part).join("/")}`, view),
  automation: () => "/automation",
  schedule: (location: string, name: string) => `/automation/schedules/${part(location)}/${part(name)}`,
  sensor: (location: string, name: string) => `/automation/sensors/${part(location)}/${part(name)}`,
  backfills: () => "/backfills",
  backfill: (backfillId: string) => `/backfills/${part(backfillId)}`,
  deployment: (view: Record<string, string> = {}) => withQuery("/deployment", view),
};

function withQuery(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text ? `${path}?${text}` : path;
}
