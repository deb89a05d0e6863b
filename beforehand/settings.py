"""Where Kafka and Redis are and how to reach them: from the environment, else from a file.

The environment goes first: `BEFOREHAND_KAFKA` is the setting `kafka`. The file is `beforehand.yaml` in the folder where
the command is typed, or the one that `BEFOREHAND_SETTINGS` names. What is secret is never shown.
"""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import yaml
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, Url
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

from models.speech import any_of, listed, quoted, say, sentence
from models.visible import visible

#: What the name of each setting begins with in the environment.
ENVIRONMENT = "BEFOREHAND_"
#: The variable that names the file of settings, and its name where none is named.
FILE_NAMED_BY = "BEFOREHAND_SETTINGS"
FILE = "beforehand.yaml"

_SERVER = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})")
_HTTP = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})(?:-(\d{1,5}))?")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,100}")


class SettingsError(Exception):
    """Settings that cannot be used: `BEFOREHAND_KAFKA: write host:port, several with commas; found "localhost"`."""


class HttpAddress(NamedTuple):
    """Where pages may be: the first of these ports that is free; 0 is any."""

    host: str
    ports: range

    def __str__(self) -> str:
        """As it stands in the setting."""
        first, last = self.ports[0], self.ports[-1]
        return f"{self.host}:{first}" + (f"-{last}" if last > first else "")


def http_address(text: str) -> HttpAddress | None:
    """The address of a setting like `127.0.0.1:9464-9495`; None if it is none."""
    match = _HTTP.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[2]), int(match[3] or match[2])
    return HttpAddress(match[1].strip("[]"), range(first, last + 1)) if first <= last < 65536 else None


class Settings(BaseSettings):
    """All settings; the description of each is its line in `docs/reference/settings.md`."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT, env_ignore_empty=True, extra="forbid", frozen=True, coerce_numbers_to_str=True
    )

    kafka: str = Field(
        default="localhost:9092", description="Kafka's bootstrap servers: `host:port`, several with commas."
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="How to speak with Kafka. `SSL` is TLS, `SASL` a user and a password."
    )
    kafka_ca: Path | None = Field(
        default=None,
        description="File (PEM) of the authority that signed the brokers' certificates, if the system lacks it.",
    )
    kafka_certificate: Path | None = Field(
        default=None, description="File (PEM) of our own certificate, where the brokers ask for one."
    )
    kafka_key: Path | None = Field(default=None, description="File (PEM) of the key of our own certificate.")
    kafka_key_password: SecretStr | None = Field(default=None, description="The password of that key, if it has one.")
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="How user and password are told to Kafka."
    )
    kafka_user: str | None = Field(default=None, description="The user that Kafka knows us by.")
    kafka_password: SecretStr | None = Field(default=None, description="The password of that user.")
    redis: SecretStr = Field(
        default=SecretStr("redis://localhost:6379/0"),
        description="Redis: `redis://host:port/database`; `rediss://user:password@host:port` is TLS, and a user.",
    )
    redis_ca: Path | None = Field(
        default=None, description="File (PEM) of the authority that signed Redis' certificate, if the system lacks it."
    )
    redis_certificate: Path | None = Field(
        default=None, description="File (PEM) of our own certificate, where Redis asks for one."
    )
    redis_key: Path | None = Field(default=None, description="File (PEM) of the key of that certificate.")
    redis_timeout: float = Field(
        default=5, gt=0, le=300, description="Worker: seconds a command of Redis may take, before it is tried again."
    )
    prefix: str = Field(
        default="",
        description="What the names of all topics, groups and Redis keys begin with, where several systems share them.",
    )
    session: float = Field(
        default=6,
        ge=1,
        le=1_800,
        description="Worker: seconds after which one that is silent counts as gone, and the others take over its "
        "partitions. The brokers' `group.min.session.timeout.ms` and `group.max.session.timeout.ms` limit it.",
    )
    instance: str | None = Field(
        default=None,
        description="Worker: a name of its own, the same after each start. If it is back within `session`, nobody "
        "takes over its partitions meanwhile.",
    )
    clock_skew: int | None = Field(
        default=None,
        ge=0,
        le=60_000,
        description="Worker: milliseconds by which the clocks of several brokers may differ, and a record may wait for "
        "its copies; absences, timers and quiet topics wait so much longer. If not set: 0 with one broker, else 1000.",
    )
    records_in_memory: int = Field(
        default=400_000,
        ge=1_000,
        description="Worker: customers' records that it keeps in memory at most, about 15 KB each; the others are read "
        "from Redis when they are needed.",
    )
    http: str = Field(
        default="127.0.0.1:9464-9495",
        validate_default=True,
        description="Worker: where its pages `/metrics`, `/health` and `/ready` are: `host:port`, or several ports, of "
        "which it takes the first that is free. `off`, or empty in the environment: nowhere.",
    )
    log: Literal["text", "json"] = Field(
        default="text", description="Worker: what its log is made of: lines for a person, or an object a line."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Worker: the least that is written into its log."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic calls it by these names)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Those given to `Settings(...)`, then the environment, then the file."""
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls, yaml_file=_file())

    @field_validator("kafka")
    @classmethod
    def _are_servers(cls, servers: str) -> str:
        for server in servers.split(","):
            match = _SERVER.fullmatch(server.strip())
            if match is None or not 0 < int(match[2]) < 65536:
                words = sentence("write host:port, several with commas; found {found}")
                raise ValueError(say(words, found=quoted(visible(server, 80))))
        return servers.replace(" ", "")

    @field_validator("redis")
    @classmethod
    def _is_redis(cls, url: SecretStr) -> SecretStr:
        try:
            read = Url(url.get_secret_value())
        except ValueError:
            read = None
        # The URL may hold a password: it is not shown.
        if read is None or read.scheme not in ("redis", "rediss") or not read.host:
            raise ValueError(say("write redis://host:port/database, or rediss:// for TLS"))
        return url

    @field_validator("http", mode="before")
    @classmethod
    def _is_http(cls, address: object) -> str:
        # YAML reads `off` as false.
        if address is False or address in ("", "off"):
            return ""
        text = str(address)
        if http_address(text) is None:
            words = sentence("write host:port, host:port-port, or off; found {found}")
            raise ValueError(say(words, found=quoted(visible(text, 80))))
        return text

    @field_validator("prefix")
    @classmethod
    def _is_prefix(cls, prefix: str) -> str:
        if not _PREFIX.fullmatch(prefix):
            words = sentence("at most 100 of a-z A-Z 0-9 . _ - ; found {found}")
            raise ValueError(say(words, found=quoted(visible(prefix, 120))))
        return prefix

    @model_validator(mode="after")
    def _belong_together(self) -> Settings:
        if self.kafka_security.startswith("SASL") and not (self.kafka_user and self.kafka_password):
            words = sentence("kafka_security: {security} needs kafka_user and kafka_password")
            raise ValueError(say(words, security=self.kafka_security))
        if self.kafka_key is not None and self.kafka_certificate is None:
            raise ValueError(say("kafka_key needs kafka_certificate"))
        if (self.redis_key is None) != (self.redis_certificate is None):
            raise ValueError(say("redis_certificate and redis_key need each other"))
        return self

    @property
    def pages(self) -> HttpAddress | None:
        """Where a worker's pages are; None: nowhere."""
        return http_address(self.http)


def read_settings() -> Settings:
    """The settings of this process; raises SettingsError."""
    named = os.environ.get(FILE_NAMED_BY)
    if named and not Path(named).is_file():
        raise SettingsError(say("{setting}: there is no file {file}", setting=FILE_NAMED_BY, file=named))
    try:
        # What is empty is not set; but for this one it says something.
        off: dict[str, Any] = {"http": ""} if os.environ.get(f"{ENVIRONMENT}HTTP") == "" else {}
        return Settings(**off)
    except ValidationError as wrong:
        problems = [_told(problem) for problem in wrong.errors(include_url=False)]
        raise SettingsError("\n".join(problems)) from None
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(say("{file}: it can't be read ({wrong})", file=_file(), wrong=wrong)) from None
    except yaml.YAMLError as wrong:
        said = " ".join(str(wrong).split())
        raise SettingsError(say("{file}: it is no YAML ({wrong})", file=_file(), wrong=said)) from None
    except ValueError:
        raise SettingsError(say("{file}: write one setting a line, as kafka: localhost:9092", file=_file())) from None


def _file() -> Path:
    return Path(os.environ.get(FILE_NAMED_BY) or FILE)


def _told(problem: ErrorDetails) -> str:
    """Where, what was expected, and what was found, if that may be shown."""
    if not problem["loc"]:
        return say("{where}: {said}", where=say("settings"), said=_said(problem))
    name = str(problem["loc"][0])
    variable = f"{ENVIRONMENT}{name.upper()}"
    where = variable if variable in os.environ else f"{_file()}: {name}"
    if problem["type"] == "extra_forbidden":
        if near := get_close_matches(name, Settings.model_fields, 1):
            return say("{where}: there is no such setting; did you mean {near}?", where=where, near=near[0])
        names = listed(Settings.model_fields)
        return say("{where}: there is no such setting; there are {names}", where=where, names=names)
    said = _said(problem)
    if problem["type"] == "value_error" or _is_secret(name):
        return say("{where}: {said}", where=where, said=said)
    return say("{where}: {said}; found {found}", where=where, said=said, found=visible(repr(problem["input"]), 80))


#: What Pydantic says of values, by its name for it; the values are those that it tells.
_SAID = {
    "literal_error": sentence("Input should be {expected}"),
    "greater_than": sentence("Input should be greater than {least}"),
    "greater_than_equal": sentence("Input should be greater than or equal to {least}"),
    "less_than_equal": sentence("Input should be less than or equal to {most}"),
    "int_parsing": sentence("Input should be a valid integer, unable to parse string as an integer"),
    "int_type": sentence("Input should be a valid integer"),
    "float_parsing": sentence("Input should be a valid number, unable to parse string as a number"),
    "float_type": sentence("Input should be a valid number"),
    "string_type": sentence("Input should be a valid string"),
    "path_type": sentence("Input is not a valid path"),
}


def _said(problem: ErrorDetails) -> str:
    """What is wrong with a value, in the language of the moment as far as it is known there."""
    said = problem["msg"].removeprefix("Value error, ")
    if problem["type"] not in _SAID:
        return said
    told = problem.get("ctx", {})
    least, most = (f"{limit:g}" for limit in (told.get("ge", told.get("gt", 0)), told.get("le", 0)))
    name = str(problem["loc"][0])
    expected = any_of(map(repr, get_args(Settings.model_fields[name].annotation)), commas=True)
    return say(_SAID[problem["type"]], least=least, most=most, expected=expected)


def _is_secret(name: str) -> bool:
    field = Settings.model_fields.get(name)
    return field is None or field.annotation in (SecretStr, SecretStr | None)


def secret(value: SecretStr | None) -> str | None:
    """The text behind it, for a client that needs it."""
    return None if value is None else value.get_secret_value()


def reference() -> list[tuple[str, str, str, str]]:
    """Name, name in the environment, default and description of each setting, as the documentation shows them."""
    return [
        (name, f"{ENVIRONMENT}{name.upper()}", _shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _shown(default: Any) -> str:
    return secret(default) or "" if isinstance(default, SecretStr) else "" if default is None else str(default)
