"use strict";
// A code location in JavaScript. It knows the contract from the .proto files alone:
//   node location.js ../../../protos [port]
// and writes "listening on <port>" when it serves.

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const protobuf = require("protobufjs");
const { HealthImplementation } = require("grpc-health-check");
const { DEFINITIONS, JOB, SCHEDULE, STEPS, dueRuns } = require("./definitions");
const { notFound } = require("./errors");

const [protos, port = "0"] = process.argv.slice(2);
const SERVICE = "headrace/api/codeloc/v1/code_location_service.proto";
const LOADED = new Date();

function digestOf(definitions) {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    const ours = path.join(protos, target);
    return fs.existsSync(ours) ? ours : target;
  };
  const Definition = root.loadSync(SERVICE, { keepCase: true }).lookupType("headrace.api.types.v1.Definition");
  const hash = crypto.createHash("sha256");
  for (const definition of definitions) {
    const bytes = Definition.encode(Definition.fromObject(definition)).finish();
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest("hex");
}

const DIGEST = digestOf(DEFINITIONS);

function getServerInfo(_call, answer) {
  answer(null, {
    server_info: {
      contract_version: 1,
      runtime: `node ${process.versions.node}`,
      state: "LOCATION_STATE_LOADED",
      definitions_digest: DIGEST,
      load_time: { seconds: Math.floor(LOADED / 1000) },
    },
  });
}

function getDefinitions(call) {
  call.write({ part: { header: { code_version: "1" } } });
  for (const definition of DEFINITIONS) {
    call.write({ part: { batch: { definitions: [definition] } } });
  }
  call.write({ part: { trailer: { definition_count: DEFINITIONS.length, digest: DIGEST } } });
  call.end();
}

function planRun(call, answer) {
  const name = call.request.job_name;
  return name === JOB.name ? answer(null, { steps: STEPS }) : answer(notFound("job", name));
}

function evaluateSchedule(call, answer) {
  const { schedule_name: name, due_time: dueTime } = call.request;
  return name === SCHEDULE.name ? answer(null, { run_requests: dueRuns(dueTime) }) : answer(notFound("schedule", name));
}

function evaluateSensor(call, answer) {
  answer(notFound("sensor", call.request.sensor_name));
}

const contract = grpc.loadPackageDefinition(
  loader.loadSync(SERVICE, { includeDirs: [protos], keepCase: true, longs: String, enums: String, oneofs: true }),
);
const server = new grpc.Server();
server.addService(contract.headrace.api.codeloc.v1.CodeLocationService.service, {
  GetServerInfo: getServerInfo,
  GetDefinitions: getDefinitions,
  PlanRun: planRun,
  EvaluateSchedule: evaluateSchedule,
  EvaluateSensor: evaluateSensor,
});
new HealthImplementation({ "": "SERVING" }).addToServer(server);
server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) => {
  if (error) throw error;
  console.log(`listening on ${bound}`);
});
process.on("SIGTERM", () => server.tryShutdown(() => process.exit(0)));
