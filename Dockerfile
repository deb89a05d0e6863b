# The `beforehand` command: workers, topics, publishing.
FROM python:3.11-slim

WORKDIR /app
# What it needs comes from the lock, and stays as long as the lock does.
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md ./
COPY models models
COPY rules rules
COPY streams streams
COPY beforehand beforehand
RUN pip install --no-cache-dir --no-deps --no-build-isolation --no-index . \
    && useradd --create-home beforehand
USER beforehand
WORKDIR /home/beforehand
EXPOSE 9464
ENTRYPOINT ["beforehand"]
