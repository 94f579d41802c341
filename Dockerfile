# The bank in production shape: compiled dependencies by hash, no build or development tools, no root.
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /build
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m venv /srv/build \
 && /srv/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt \
 && python -m venv /srv/creditbank \
 && /srv/creditbank/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY creditbank creditbank
COPY ledger ledger
COPY certificates certificates
RUN /srv/build/bin/python -m hatchling build --target wheel \
 && /srv/creditbank/bin/pip install --no-cache-dir --no-index --no-deps dist/*.whl

FROM python:3.11.13-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-hanazono fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 creditbank \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin creditbank \
 && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/creditbank
COPY --from=build /srv/creditbank /srv/creditbank
ENV PATH=/srv/creditbank/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    CREDITBANK_DATA_DIR=/var/lib/creditbank
USER 10001:10001
WORKDIR /var/lib/creditbank
VOLUME /var/lib/creditbank
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=3)"]
CMD ["creditbank", "serve", "--host", "0.0.0.0", "--port", "8000"]
