"""Reading synthesised templates: resources by type, references as text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
STARTED_AT = "2026-01-02T03:04:05+00:00"


@dataclass(frozen=True)
class Template:
    """One CloudFormation template."""

    body: dict[str, Any]

    def of_type(self, type_: str) -> dict[str, Resource]:
        """Logical id to properties."""
        found = self.body["Resources"].items()
        return {name: resource["Properties"] for name, resource in found if resource["Type"] == type_}

    def policies_of(self, type_: str) -> dict[str, set[str | None]]:
        """Logical id to what happens to the resource when it is deleted or replaced."""
        found = self.body["Resources"].items()
        return {
            name: {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")}
            for name, resource in found
            if resource["Type"] == type_
        }

    def get(self, value: Any) -> Resource:
        """The properties of the resource that a Ref or GetAtt points to."""
        name = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        properties: Resource = self.body["Resources"][name]["Properties"]
        return properties


@dataclass(frozen=True)
class Assembly:
    """Everything that a synthesis wrote."""

    folder: Path
    stage: str = "dev"

    @property
    def state(self) -> Template:
        return self._template(f"vedette-{self.stage}-state.template.json")

    @property
    def platform(self) -> Template:
        return self._template(f"vedette-{self.stage}.template.json")

    @property
    def routes(self) -> Template:
        (nested,) = self.folder.glob("*.nested.template.json")
        return self._template(nested.name)

    @property
    def all(self) -> tuple[Template, ...]:
        return self.state, self.platform, self.routes

    @property
    def report(self) -> dict[str, Any]:
        """What cdk-nag found."""
        reports = json.loads((self.folder / "validation-report.json").read_text())["pluginReports"]
        (report,) = [report for report in reports if report["pluginName"] == "AwsSolutions"]
        return dict(report)

    def _template(self, name: str) -> Template:
        return Template(json.loads((self.folder / name).read_text()))


def text(value: Any) -> str:
    """A value as it will read in AWS, with references in angle brackets: arn:<AWS::Partition>:lambda:..."""
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return f"<{name}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(text, parts))
    return str(value)


def listed(value: Any) -> list[Any]:
    """CloudFormation writes a list of one as the one."""
    return value if isinstance(value, list) else [value]


def statements(template: Template) -> Iterator[Resource]:
    """Every statement of every role and policy."""
    for role in template.of_type("AWS::IAM::Role").values():
        for policy in role.get("Policies", []):
            yield from policy["PolicyDocument"]["Statement"]
    for policy in template.of_type("AWS::IAM::Policy").values():
        yield from policy["PolicyDocument"]["Statement"]
