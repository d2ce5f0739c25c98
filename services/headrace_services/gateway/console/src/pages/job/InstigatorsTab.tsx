import { InstigatorTable } from "@/automation/InstigatorTable.tsx";
import { jobNamesOf, useInstigators } from "@/automation/instigators.ts";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";

/** The schedules and sensors that run a job. */
export function InstigatorsTab({ locationName, jobName }: { locationName: string; jobName: string }) {
  const { data, error, refetch } = useInstigators();
  if (error && !data) return <Failed error={error} what="read the schedules and sensors" onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const own = data.filter((each) => each.record.locationName === locationName && jobNamesOf(each).includes(jobName));
  return (
    <Panel flush>
      {own.length > 0 ? <InstigatorTable instigators={own} label="Schedules and sensors" /> : <Empty title="Nothing runs it by itself">A schedule or a sensor can.</Empty>}
    </Panel>
  );
}
