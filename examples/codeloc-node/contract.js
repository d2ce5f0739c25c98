"use strict";
// The contract, read from the .proto files: nothing is generated, nothing is copied.

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const protobuf = require("protobufjs");

const PROTOS = process.env.HEADRACE_PROTOS || path.join(__dirname, "../../protos");
const FILES = [
  "headrace/api/codeloc/v1/code_location_service.proto",
  "headrace/api/codeloc/v1/worker_host_service.proto",
  "headrace/api/worker/v1/worker_service.proto",
];

const options = { includeDirs: [PROTOS], keepCase: true, longs: String, enums: String, oneofs: true, defaults: true };
const services = grpc.loadPackageDefinition(loader.loadSync(FILES, options)).headrace.api;

/** The digest that the contract asks for: of every definition as it is on the wire, with its length before it. */
function digestOf(definitions) {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    const ours = path.join(PROTOS, target);
    return fs.existsSync(ours) ? ours : target;
  };
  const Definition = root.loadSync(FILES[0], { keepCase: true }).lookupType("headrace.api.types.v1.Definition");
  const hash = crypto.createHash("sha256");
  for (const definition of definitions) {
    const bytes = Definition.encode(Definition.fromObject(definition)).finish();
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest("hex");
}

const assetKey = (name) => ({ path: [name] });
const nameOf = (key) => key.path.join("/");

function timestamp(date = new Date()) {
  const milliseconds = date.getTime();
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1e6 };
}

const secondsOf = (duration) => Number(duration.seconds) + duration.nanos / 1e9;

module.exports = { assetKey, digestOf, grpc, nameOf, secondsOf, services, timestamp };
