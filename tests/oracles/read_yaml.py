"""Reads YAML as PyYAML (YAML 1.1) does.

Standard input: a JSON list of texts. Standard output: a JSON list of one item a text: {"documents": [...]} or
{"error": "..."}. What JSON cannot say (a date, a key that is no string) is shown as {"not JSON": "..."}.
"""

import json
import sys

import yaml


def plain(value):
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: plain(item) for key, item in value.items()}
    elif isinstance(value, list):
        return [plain(item) for item in value]
    elif value is None or isinstance(value, (str, bool, int)):
        return value
    return {"not JSON": repr(value)}


def read(text):
    try:
        # A file's bytes, as on disk: the reader decodes them itself.
        return {"documents": [plain(document) for document in yaml.safe_load_all(text.encode())]}
    except yaml.YAMLError as error:
        return {"error": str(error)}


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
