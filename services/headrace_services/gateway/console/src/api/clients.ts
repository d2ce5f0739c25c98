import { createClient } from "@connectrpc/connect";

import { AccessService } from "./gen/headrace/api/gateway/v1/access_service_pb.ts";
import { AssetService } from "./gen/headrace/api/gateway/v1/asset_service_pb.ts";
import { BackfillService } from "./gen/headrace/api/gateway/v1/backfill_service_pb.ts";
import { DeploymentService } from "./gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import { EventService } from "./gen/headrace/api/gateway/v1/event_service_pb.ts";
import { JobService } from "./gen/headrace/api/gateway/v1/job_service_pb.ts";
import { LocationService } from "./gen/headrace/api/gateway/v1/location_service_pb.ts";
import { PartitionService } from "./gen/headrace/api/gateway/v1/partition_service_pb.ts";
import { PoolService } from "./gen/headrace/api/gateway/v1/pool_service_pb.ts";
import { RunService } from "./gen/headrace/api/gateway/v1/run_service_pb.ts";
import { ScheduleService } from "./gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import { SensorService } from "./gen/headrace/api/gateway/v1/sensor_service_pb.ts";
import { transport } from "./transport.ts";

export const runs = createClient(RunService, transport);
export const events = createClient(EventService, transport);
export const jobs = createClient(JobService, transport);
export const assets = createClient(AssetService, transport);
export const schedules = createClient(ScheduleService, transport);
export const sensors = createClient(SensorService, transport);
export const locations = createClient(LocationService, transport);
export const deployment = createClient(DeploymentService, transport);
export const partitions = createClient(PartitionService, transport);
export const backfills = createClient(BackfillService, transport);
export const access = createClient(AccessService, transport);
export const pools = createClient(PoolService, transport);
