"""Holds objects against Kubernetes' JSON schemas, without unknown fields, and Certificates against cert-manager's.

Arguments: versions of Kubernetes. Standard input: a JSON list of objects. Standard output: a JSON list of complaints.
"""

import functools
import json
import sys

import jsonschema
import kubernetes_validate.utils as kubernetes
import pydantic
import referencing
from cloudcoil.models.cert_manager.v1 import Certificate


@functools.cache
def definitions(folder):
    contents = kubernetes.schema_contents(f"{folder}/_definitions.json", folder)
    return referencing.Resource.from_contents(contents) @ referencing.Registry()


@functools.cache
def validator(api_version, kind, version):
    release = max(known for known in kubernetes.all_versions() if kubernetes.major_minor(known) == version)
    folder = f"kubernetes-json-schema/v{release}-local-strict"
    group, _, rest = api_version.rpartition("/")
    stem = "-".join([kind.lower()] + ([group.split(".")[0]] if group else []) + [rest])
    schema = kubernetes.schema_contents(f"{folder}/{stem}.json", version)
    registry = referencing.Resource.from_contents(schema) @ definitions(folder)
    return jsonschema.validators.Draft202012Validator(schema, registry=registry)


def certificate(thing):
    """cert-manager's types pass over what they do not know: it is missing from what they write back."""
    try:
        back = Certificate.model_validate(thing).model_dump(mode="json", by_alias=True, exclude_unset=True)
    except pydantic.ValidationError as error:
        return [f"cert-manager: {error}"]
    return [] if back == thing else [f"cert-manager understands only {json.dumps(back)}"]


def complaints(thing, versions):
    if thing["apiVersion"] == "cert-manager.io/v1" and thing["kind"] == "Certificate":
        return certificate(thing)
    found = []
    for version in versions:
        for error in validator(thing["apiVersion"], thing["kind"], version).iter_errors(thing):
            found.append(f"Kubernetes {version}: {error.json_path}: {error.message[:500]}")
    return found


report = []
for thing in json.load(sys.stdin):
    report += [f"{complaint}\n  in {json.dumps(thing)}" for complaint in complaints(thing, sys.argv[1:])]
json.dump(report, sys.stdout)
