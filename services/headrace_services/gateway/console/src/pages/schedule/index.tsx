import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { schedules as client } from "@/api/clients.ts";
import { ScheduleService, type ScheduleRecord } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import { requestId } from "@/api/ids.ts";
import { InstigatorPage, NoInstigator } from "@/automation/InstigatorPage.tsx";
import { TestEvaluation } from "@/automation/TestEvaluation.tsx";
import { formatIn, zoneName } from "@/model/moments.ts";
import { millis, timestamp } from "@/model/time.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { Panel } from "@/ui/Page.tsx";
import { Time } from "@/ui/Time.tsx";

/** One schedule. */
export function Component() {
  const { location = "", name = "" } = useParams();
  const recordKey = ["schedule", location, name];
  const query = useQuery({ queryKey: recordKey, queryFn: async ({ signal }) => (await client.getSchedule({ locationName: location, scheduleName: name }, { signal })).schedule! });
  const refusal = useRefusal(ScheduleService.method.triggerSchedule, location);
  if (!query.data) return <NoInstigator name={name} what="schedule" error={query.error} onRetry={() => void query.refetch()} />;
  const record = query.data;
  const { definition } = record;
  return (
    <InstigatorPage
      key={`${location}/${name}`}
      instigator={{ kind: "schedule", record }}
      recordKey={recordKey}
      readTicks={async (pageToken, signal) => {
        const page = await client.listScheduleTicks({ locationName: location, scheduleName: name, pageSize: 100, pageToken }, { signal });
        return { items: page.ticks, nextPageToken: page.nextPageToken };
      }}
      actions={<TestEvaluation name={name} refusal={refusal} option="The moment it is to think it is, such as 2026-01-31T06:00Z; empty: now" evaluate={(moment, dryRun) => evaluate(record, moment, dryRun)} />}
      facts={
        <>
          <dt>Due</dt>
          <dd>
            <code>{definition!.cronExpressions.join(", ")}</code> {definition!.timeZone || "UTC"}
          </dd>
          <dt>Next</dt>
          <dd>
            <Time at={record.nextDueTime} />
          </dd>
        </>
      }
    >
      <NextTimes record={record} />
    </InstigatorPage>
  );
}

async function evaluate(record: ScheduleRecord, moment: string, dryRun: boolean) {
  const due = moment.trim() ? Date.parse(moment) : undefined;
  if (due !== undefined && Number.isNaN(due)) throw new Error(`“${moment}” is no moment: write it like 2026-01-31T06:00Z.`);
  return client.triggerSchedule({ requestId: requestId(), locationName: record.locationName, scheduleName: record.definition!.name, dryRun, dueTime: due === undefined ? undefined : timestamp(due) });
}

function NextTimes({ record }: { record: ScheduleRecord }) {
  const zone = record.definition!.timeZone || "UTC";
  const elsewhere = zone !== zoneName();
  const { data } = useQuery({
    queryKey: ["schedule", record.locationName, record.definition!.name, "preview"],
    queryFn: async ({ signal }) => (await client.previewScheduleTicks({ locationName: record.locationName, scheduleName: record.definition!.name, pageSize: 5 }, { signal })).dueTimes,
  });
  return (
    <Panel title="When it is due">
      <ol>
        {data?.map((moment) => (
          <li key={String(moment.seconds)}>
            <Time at={moment} form="moment" />{" "}
            <span className="faint">
              <Time at={moment} />
              {elsewhere && ` · ${formatIn(millis(moment), zone)}`}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
