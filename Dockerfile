# Corral as an image: `docker build -t corral .`, or `docker compose up --build`.
#
# Three stages: Node builds what runs in the browser and FEEL for the engine, Python builds the
# wheel around them, and the last one holds the wheel and what it needs, and no tool to build with.

FROM node:24-bookworm-slim AS frontend
WORKDIR /build/webapp/frontend
COPY webapp/frontend/package.json webapp/frontend/package-lock.json webapp/frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY webapp/frontend ./
# Writes ../static/dist and engine/bpmn/expressions/sandbox/feel.js beside this folder.
RUN mkdir -p /build/engine/bpmn/expressions/sandbox && node build.mjs

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /build
RUN pip install --no-cache-dir build==1.6.1 hatchling==1.33.0
COPY pyproject.toml README.md LICENSE THIRD-PARTY-NOTICES.md ./
COPY engine engine
COPY channels channels
COPY processes processes
COPY webapp webapp
COPY --from=frontend /build/webapp/static/dist webapp/static/dist
COPY --from=frontend /build/engine/bpmn/expressions/sandbox/feel.js engine/bpmn/expressions/sandbox/feel.js
RUN python -m build --wheel --no-isolation --outdir /wheels

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CORRAL_DATA=/var/lib/corral \
    CORRAL_HOST=0.0.0.0 \
    CORRAL_LOG_FORMAT=json
COPY requirements/runtime.txt /tmp/runtime.txt
COPY --from=wheel /wheels /tmp/wheels
RUN pip install --no-cache-dir --requirement /tmp/runtime.txt \
    && pip install --no-cache-dir --no-deps /tmp/wheels/*.whl \
    && python -m compileall -q "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && rm -r /tmp/runtime.txt /tmp/wheels \
    && groupadd --gid 10001 corral \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin corral \
    && install -d -o corral -g corral -m 0700 /var/lib/corral
USER 10001:10001
VOLUME /var/lib/corral
EXPOSE 8000
ENTRYPOINT ["corral"]
# One process with SQLite in the volume; docker-compose.yml runs several on PostgreSQL.
CMD ["run"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
