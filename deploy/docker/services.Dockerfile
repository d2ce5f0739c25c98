# The services of Headrace: storage, coordinator, scheduler, launcher, gateway. Built from the root of the repository:
#
#   docker build -f deploy/docker/services.Dockerfile -t headrace-services .
#   docker run -v home:/var/lib/headrace headrace-services storage
#
# The home holds headrace.yaml. EXTRAS are the engines that the launcher is to reach.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG EXTRAS=services,docker,k8s,celery,aws,gcp,azure
# Such as `--no-index --find-links /src/wheels` where the registry cannot be reached.
ARG PIP_ARGS=""
COPY . /src
# Compiled here, because whoever the services run as may not write: else each start compiles anew, for half a second of a processor.
# Clients of engines and clouds are left out: they would make the image a fifth larger, and only a launcher that needs one pays.
RUN python3 -m venv /opt/headrace \
 && /opt/headrace/bin/python -m pip install --no-cache-dir --no-compile ${PIP_ARGS} "/src[${EXTRAS}]" \
 && /opt/headrace/bin/python -m compileall -q -x 'site-packages/(azure|boto3|botocore|celery|kubernetes|pip)/' /opt/headrace/lib \
 && /opt/headrace/bin/python -m pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
# The directories that volumes go to: a new volume gets their owner.
RUN useradd --uid 10001 --create-home --home-dir /var/lib/headrace headrace \
 && install -d -o headrace /var/lib/headrace/storage /var/lib/headrace/compute_logs
COPY --from=build /opt/headrace /opt/headrace
ENV PATH=/opt/headrace/bin:$PATH HEADRACE_HOME=/var/lib/headrace PYTHONUNBUFFERED=1
USER headrace
WORKDIR /var/lib/headrace
VOLUME /var/lib/headrace
# The one service of a container, or one of several, answers here; say which by HEADRACE_PROBE where it is not the gateway.
ENV HEADRACE_PROBE=127.0.0.1:4270
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "headrace.rpc.probe"]
ENTRYPOINT ["headrace", "serve"]
CMD ["storage", "coordinator", "scheduler", "launcher", "gateway"]
