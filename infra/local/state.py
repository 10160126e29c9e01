"""moto as the platform's AWS: started, provisioned, and filled with what the data folder remembers."""

import logging
import os
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from infra.local import moto_repairs
from infra.local.aws_clients import client
from infra.local.aws_server import AwsServer
from infra.local.data_folder import DataFolder
from infra.local.durability.objects import Objects
from infra.local.durability.rows import Rows
from infra.local.durability.users import Users
from infra.local.identities import mail_to, make_pool
from infra.local.moto_repairs import workflows
from infra.local.moto_repairs.cognito_codes import add_mail_sink
from infra.local.moto_repairs.commits import add_journal
from infra.local.provisioning import provision
from infra.local.runtime.functions import aws_environment
from infra.local.runtime.invocation import ACCOUNT, REGION


class State:
    """Between `open` and `close`, `client("dynamodb")` and any other process reach the same AWS at `endpoint`."""

    def __init__(self, data: DataFolder) -> None:
        moto_repairs.install()
        workflows.install()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = AwsServer()
        self.rows = Rows(data.database)
        self._objects = Objects(data.objects)
        self._users = Users(self.rows)
        self._mails = data.mails
        self._stop_mails: Callable[[], None] | None = None
        self._stop_journal: Callable[[], None] | None = None

    @property
    def endpoint(self) -> str:
        return self.server.endpoint

    def client(self, service: str) -> Any:
        return client(service, self.endpoint)

    def open(self, prefix: str) -> int:
        """The number of rows, objects and users that were restored."""
        # The Step Functions interpreter calls back through this port, with the environment of this process.
        os.environ.update(aws_environment(self.endpoint), MOTO_PORT=str(self.server.port))
        self.server.start()
        provision(self.client, prefix)
        make_pool(self.client, prefix)
        restored = self.rows.restore(dynamodb_backends[ACCOUNT][REGION])
        restored += self._objects.restore() + self._users.restore()
        self._stop_journal = add_journal(self.rows.journal)
        self._stop_mails = add_mail_sink(mail_to(self._mails))
        self.server.add_after(self._objects.after)
        self.server.add_after(self._users.after)
        return restored

    def close(self) -> None:
        self.server.stop()
        for stop in (self._stop_journal, self._stop_mails):
            if stop:
                stop()
        self.rows.close()
