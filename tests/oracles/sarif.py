"""Holds SARIF logs against OASIS' JSON schema of SARIF 2.1.0, which the crate that sarif/Cargo.toml names ships.

Standard input: a JSON object of logs by name. Standard output: a JSON list of complaints.
"""

import json
import os
import pathlib
import subprocess
import sys

import jsonschema


def schema():
    manifest = pathlib.Path(__file__).with_name("sarif") / "Cargo.toml"
    command = [os.environ.get("CARGO", "cargo"), "metadata", "--locked", "--format-version", "1", "--manifest-path", manifest]
    packages = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["packages"]
    found = next(package for package in packages if package["name"] == "serde-sarif")
    return json.loads((pathlib.Path(found["manifest_path"]).parent / "src" / "schema.json").read_text())


checker = jsonschema.FormatChecker(["uri", "uri-reference"])
validator = jsonschema.validators.Draft7Validator(schema(), format_checker=checker)
report = []
for name, log in json.load(sys.stdin).items():
    report += [f"{name}: {error.json_path}: {error.message[:500]}" for error in validator.iter_errors(log)]
json.dump(report, sys.stdout)
