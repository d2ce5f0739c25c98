import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { useAction } from "@/ui/act.ts";
import { sensors as client } from "@/api/clients.ts";
import { SensorService, type SensorRecord } from "@/api/gen/headrace/api/gateway/v1/sensor_service_pb.ts";
import { requestId } from "@/api/ids.ts";
import { intervalText } from "@/automation/cron.ts";
import { InstigatorPage, NoInstigator } from "@/automation/InstigatorPage.tsx";
import { TestEvaluation } from "@/automation/TestEvaluation.tsx";
import { keyText } from "@/model/assetKeys.ts";
import { spanMillis } from "@/model/time.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import { TextField } from "@/ui/Field.tsx";
import { Panel } from "@/ui/Page.tsx";
import { toast } from "@/ui/toast.ts";

/** One sensor. */
export function Component() {
  const { location = "", name = "" } = useParams();
  const recordKey = ["sensor", location, name];
  const query = useQuery({ queryKey: recordKey, queryFn: async ({ signal }) => (await client.getSensor({ locationName: location, sensorName: name }, { signal })).sensor! });
  const refusal = useRefusal(SensorService.method.triggerSensor, location);
  if (!query.data) return <NoInstigator name={name} what="sensor" error={query.error} onRetry={() => void query.refetch()} />;
  const record = query.data;
  return (
    <InstigatorPage
      key={`${location}/${name}`}
      instigator={{ kind: "sensor", record }}
      recordKey={recordKey}
      readTicks={async (pageToken, signal) => {
        const page = await client.listSensorTicks({ locationName: location, sensorName: name, pageSize: 100, pageToken }, { signal });
        return { items: page.ticks, nextPageToken: page.nextPageToken };
      }}
      actions={
        <TestEvaluation
          name={name}
          refusal={refusal}
          option="The cursor it is to have in a test; empty: its own"
          evaluate={(cursor, dryRun) => client.triggerSensor({ requestId: requestId(), locationName: location, sensorName: name, dryRun, ...(cursor && dryRun ? { cursor } : {}) })}
        />
      }
      facts={
        <>
          <dt>At least</dt>
          <dd>{intervalText(spanMillis(record.definition!.minimumInterval) ?? 0)} apart</dd>
          {record.definition!.watchedAssets.length > 0 && (
            <>
              <dt>Watches</dt>
              <dd>
                {record.definition!.watchedAssets.map((key) => (
                  <Link key={keyText(key)} to={links.asset(key)}>
                    {keyText(key)}{" "}
                  </Link>
                ))}
              </dd>
            </>
          )}
        </>
      }
    >
      <Cursor record={record} />
    </InstigatorPage>
  );
}

function Cursor({ record }: { record: SensorRecord }) {
  const current = record.instigator?.cursor ?? "";
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(current);
  const save = useAction("set the cursor", async () => {
    await client.setSensorCursor({ requestId: requestId(), locationName: record.locationName, sensorName: record.definition!.name, cursor: text });
    toast("The cursor is set.");
    setOpen(false);
  });
  const refusal = useRefusal(SensorService.method.setSensorCursor, record.locationName);
  return (
    <Panel
      title="Cursor"
      actions={
        <Button
          small
          kind="quiet"
          refusal={refusal}
          onClick={() => {
            setText(current);
            setOpen(true);
          }}
        >
          Set
        </Button>
      }
    >
      {current ? <code style={{ overflowWrap: "anywhere" }}>{current}</code> : <span className="faint">none</span>}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Set the cursor"
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button kind="primary" busy={save.busy} onClick={() => save.run()}>
              Set
            </Button>
          </>
        }
      >
        <p>Its next evaluation goes on from here. Empty: as if it had never been evaluated.</p>
        <TextField label="Cursor" value={text} onChange={(event) => setText(event.target.value)} />
      </Dialog>
    </Panel>
  );
}
