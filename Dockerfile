# One image for web, workers, beat and migrations. See docker-compose.yml.

FROM node:22-bookworm-slim AS bundle
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY static/src static/src
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin crm \
    && install -d -o crm -g crm -m 0750 /var/lib/crm /var/lib/crm/tmp
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=crm.settings CRM_VAR=/var/lib/crm TMPDIR=/var/lib/crm/tmp
WORKDIR /srv/crm
COPY --from=packages /opt/venv /opt/venv
COPY manage.py requirements.txt ./
COPY scripts scripts
COPY locale locale
COPY templates templates
COPY static static
COPY --from=bundle /build/static/dist static/dist
COPY education education
COPY complaints complaints
COPY callbacks callbacks
COPY clients clients
COPY crm crm
# The key is read but not used here; the running containers get their own from a secret.
RUN python -m scripts.catalogues \
    && SECRET_KEY=building python manage.py collectstatic --noinput --ignore src --verbosity 0 \
    && python -m compileall -q crm clients callbacks complaints education
USER 10001:10001
VOLUME /var/lib/crm
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--http", "1", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "20", "crm.wsgi:application"]
