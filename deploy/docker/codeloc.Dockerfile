# The base of code locations: Python, Headrace, and nothing of yours. Built from the root of the repository:
#
#   docker build -f deploy/docker/codeloc.Dockerfile -t headrace-codeloc .
#
# A team's image adds its packages and its code, and says what it is called, so that runs get containers of it:
#
#   FROM headrace-codeloc
#   RUN pip install pandas
#   COPY --chown=headrace . /code
#   ENV HEADRACE_CURRENT_IMAGE=registry.example/team/etl:7
#   CMD ["-m", "team.definitions"]
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# Such as `[docker]` or `[aws,k8s]`: what the executors and I/O managers of the code need.
ARG EXTRAS=""
# Such as `--no-index --find-links /src/wheels` where the registry cannot be reached.
ARG PIP_ARGS=""
COPY . /src
RUN python3 -m venv /opt/headrace \
 && /opt/headrace/bin/python -m pip install --no-cache-dir ${PIP_ARGS} "/src${EXTRAS}"

FROM ${PYTHON_IMAGE}
# The directories that volumes go to: a new volume gets their owner, who is the same in the image of the services.
RUN useradd --uid 10001 --create-home --home-dir /home/headrace headrace \
 && install -d -o headrace /code /var/lib/headrace /var/lib/headrace/storage /var/lib/headrace/compute_logs
COPY --from=build --chown=headrace /opt/headrace /opt/headrace
ENV PATH=/opt/headrace/bin:$PATH PYTHONUNBUFFERED=1 HEADRACE_PROBE=127.0.0.1:4275
USER headrace
WORKDIR /code
EXPOSE 4275
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "headrace.rpc.probe"]
# Whoever may reach this port may have the code executed: keep it within a private network, or give it certificates.
ENTRYPOINT ["headrace", "codeloc", "serve", "--address", "0.0.0.0:4275", "--insecure"]
