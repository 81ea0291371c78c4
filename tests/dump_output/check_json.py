# SPDX-License-Identifier: ISC
"""Checks JSON Lines of sidewire-dump: check_json.py DOCUMENT SCHEMA LINES FROM_JQ BODIES

Each line of LINES has to be printable ASCII, to have exactly the fields that the tables of DOCUMENT
give its type, to be what SCHEMA says, which knows no other fields, and to be equal to what jq made of it. The bodies go to the file BODIES, each behind
its length, as four bytes, the most significant first.
"""

import base64
import json
import re
import sys

import jsonschema


def tables(path):
    """Names in the first columns of the tables headed `field`, as a list of (heading, names)."""
    found = []
    heading = names = None
    with open(path, encoding="utf-8") as document:
        for line in document:
            if line.startswith("## "):
                heading = line[3:].strip()
            if line.startswith("| field |"):
                names = []
                found.append((heading, names))
            elif not line.startswith("|"):
                names = None
            elif names is not None:
                names += re.findall(r"`(\w+)`", line.split("|")[1])
    return found


def properties(schema, name):
    """The fields that a schema has for a type."""
    found = set(schema["properties"])
    for branch in schema["allOf"]:
        if branch["if"]["properties"]["type"]["const"] == name:
            found |= set(branch["then"]["properties"])
    return found


def body_bytes(value):
    """The bytes of an object {text, base64}."""
    assert set(value) == {"text", "base64"}, value
    assert (value["text"] is None) != (value["base64"] is None), value
    if value["text"] is not None:
        return value["text"].encode()
    plain = base64.b64decode(value["base64"], validate=True)
    try:
        plain.decode()
    except UnicodeDecodeError:
        return plain
    raise AssertionError(f"base64 of what is text: {plain!r}")


def main():
    path, schema_path, lines_path, jq_path, bodies_path = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found = tables(path)
    first = {heading: set(names) for heading, names in reversed(found)}
    error_fields = set(found[-2][1])
    with open(lines_path, "rb") as lines, open(jq_path, "rb") as from_jq, \
            open(bodies_path, "wb") as bodies:
        for line in lines:
            assert re.fullmatch(rb"[ -~]+\n", line), line
            value = json.loads(line)
            assert value == json.loads(from_jq.readline()), line
            expected = first["All objects"] | first[f"Type `{value['type']}`"]
            assert set(value) == expected, (set(value) ^ expected, line)
            assert properties(schema, value["type"]) == expected, value["type"]
            validator.validate(value)
            assert value.get("error") is None or set(value["error"]) == error_fields, line
            if value["type"] == "packet" and value["body"] is not None:
                plain = body_bytes(value["body"])
                bodies.write(len(plain).to_bytes(4, "big") + plain)
        assert not from_jq.readline()


main()
