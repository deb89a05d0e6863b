"""Prints the page of all settings: `python -m docs.settings_reference`."""

from __future__ import annotations

from beforehand.settings import reference

_HEAD = """\
# Settings

Where Kafka and Redis are, and how to reach them. A setting is read from the environment, else from the file
`beforehand.yaml` in the folder where the command is typed (or the file that `BEFOREHAND_SETTINGS` names):

```yaml
kafka: kafka-1:9093,kafka-2:9093
kafka_security: SASL_SSL
kafka_user: beforehand
```

Passwords are better in the environment. They are never printed or logged.

| in the file | in the environment | if not set | what it is |
|---|---|---|---|
"""


def main() -> None:
    """Print it."""
    rows = (
        f"| `{name}` | `{variable}` | {f'`{default}`' if default else ''} | {said} |\n"
        for name, variable, default, said in reference()
    )
    print(_HEAD + "".join(rows), end="")


if __name__ == "__main__":
    main()
