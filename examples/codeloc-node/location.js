"use strict";
// Serves the pipeline to Headrace:  node location.js [port]
// and writes "listening on <port>" when it serves.

const { fork } = require("node:child_process");
const { EventEmitter, once } = require("node:events");
const path = require("node:path");
const { HealthImplementation } = require("grpc-health-check");
const { grpc, nameOf, services, timestamp } = require("./contract");
const { assetsOf, definitions, digest, pipeline, stepsOf } = require("./definitions");

const SIGN_OF_LIFE_MILLISECONDS = 15000;
const GRACE_MILLISECONDS = 10000;
const LOADED = timestamp();

const notFound = (kind, name) => ({ code: grpc.status.NOT_FOUND, details: `there is no ${kind} "${name}" here` });

// --- What there is, and what is due ---------------------------------------------------------------------------------

const codeLocation = {
  GetServerInfo(_call, answer) {
    answer(null, {
      server_info: {
        contract_version: 1,
        features: ["workers"],
        runtime: `node ${process.versions.node}`,
        state: "LOCATION_STATE_LOADED",
        definitions_digest: digest,
        load_time: LOADED,
      },
    });
  },

  GetDefinitions(call) {
    call.write({ part: { header: { code_version: "1" } } });
    call.write({ part: { batch: { definitions } } });
    call.write({ part: { trailer: { definition_count: definitions.length, digest } } });
    call.end();
  },

  PlanRun({ request }, answer) {
    const names = assetsOf(request.job_name, request.asset_selection.map(nameOf));
    if (!names) return answer(notFound("job", request.job_name));
    answer(null, { steps: stepsOf(names) });
  },

  EvaluateSchedule({ request }, answer) {
    const schedule = pipeline.schedules[request.schedule_name];
    if (!schedule) return answer(notFound("schedule", request.schedule_name));
    answer(null, { run_requests: [{ tags: [{ key: "due", value: String(request.due_time.seconds) }] }] });
  },

  EvaluateSensor({ request }, answer) {
    answer(notFound("sensor", request.sensor_name));
  },
};

// --- Workers: a process for each run --------------------------------------------------------------------------------

const workers = new Map();
const exits = [];
const ended = new EventEmitter();
const HOST = `${process.pid}-${LOADED.seconds}`;

const workerHost = {
  StartWorker({ request }, answer) {
    const known = workers.get(request.request_id);
    if (known) return answer(null, { worker_id: request.request_id, started: false, pid: known.child.pid });
    const { run_id: runId, launch_token: launchToken, coordinator_address: coordinator } = request;
    const child = fork(path.join(__dirname, "worker.js"), [], { stdio: ["ignore", "inherit", "pipe", "ipc"], detached: true });
    child.send({ coordinator, runId, launchToken });
    workers.set(request.request_id, { child, runId });
    let detail = "";
    child.stderr.on("data", (text) => (detail = (detail + text).slice(-4096)));
    child.on("close", (code, signal) => {
      const number = signal ? require("node:os").constants.signals[signal] : 0;
      const exit = { worker_id: request.request_id, run_id: runId, launch_token: launchToken, detail };
      exits.push({ ...exit, exit_code: code ?? 0, signal: number });
      ended.emit("worker");
    });
    answer(null, { worker_id: request.request_id, started: true, pid: child.pid });
  },

  StopWorker({ request }, answer) {
    const alive = [...workers.values()].filter(({ child, runId }) => runId === request.run_id && isAlive(child));
    for (const { child } of alive) {
      child.kill(request.kill ? "SIGKILL" : "SIGTERM");
      setTimeout(() => isAlive(child) && child.kill("SIGKILL"), GRACE_MILLISECONDS).unref();
    }
    answer(null, { stopped: alive.length > 0 });
  },

  async WatchWorkers(call) {
    const [host, position] = call.request.cursor.split("/");
    if (host && host !== HOST) {
      return call.emit("error", { code: grpc.status.OUT_OF_RANGE, details: "the cursor is of another process" });
    }
    let sent = Number(position ?? 0);
    while (!call.cancelled) {
      call.write({ exits: exits.slice(sent), cursor: `${HOST}/${exits.length}`, caught_up: true });
      sent = exits.length;
      const signal = AbortSignal.timeout(SIGN_OF_LIFE_MILLISECONDS);
      await once(ended, "worker", { signal }).catch(() => undefined);
    }
  },
};

const isAlive = (child) => child.exitCode === null && child.signalCode === null;

// --- Serving --------------------------------------------------------------------------------------------------------

ended.setMaxListeners(0);
const server = new grpc.Server();
server.addService(services.codeloc.v1.CodeLocationService.service, codeLocation);
server.addService(services.codeloc.v1.WorkerHostService.service, workerHost);
new HealthImplementation({ "": "SERVING" }).addToServer(server);
server.bindAsync(`127.0.0.1:${process.argv[2] ?? 4276}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    console.error(`cannot listen: ${error.message}`);
    process.exit(1);
  }
  console.log(`listening on ${port}`);
});
for (const name of ["SIGTERM", "SIGINT"]) {
  // Workers go on: they need the coordinator, and not this server.
  process.on(name, () => {
    server.forceShutdown();
    process.exit(0);
  });
}
