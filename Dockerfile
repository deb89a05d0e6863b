# The `beforehand` command: workers, topics, publishing.
FROM python:3.11-slim AS installed

WORKDIR /app
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends gcc libc6-dev
# What it needs comes from the lock, and stays as long as the lock does.
COPY requirements.lock ./
RUN python -m venv /opt/beforehand \
    && /opt/beforehand/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md hatch_build.py ./
COPY models models
COPY rules rules
COPY streams streams
COPY beforehand beforehand
RUN /opt/beforehand/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

# The compiler stays behind.
FROM python:3.11-slim
COPY --from=installed /opt/beforehand /opt/beforehand
RUN ln -s /opt/beforehand/bin/beforehand /usr/local/bin/beforehand && useradd --create-home beforehand
USER beforehand
WORKDIR /home/beforehand
EXPOSE 9464
ENTRYPOINT ["beforehand"]
