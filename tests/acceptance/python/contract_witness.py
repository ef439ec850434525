"""Validators that are not ours find the APIs' contract and its models to be what they claim: python3 contract_witness.py OPENAPI CONTRACT.

OPENAPI is an OpenAPI 3.0 document, CONTRACT what the module api is told of it, whose models are JSON schemas of draft 4.
"""

import json
import pathlib
import sys

from jsonschema import Draft4Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

openapi, contract = (json.loads(pathlib.Path(file).read_text(encoding="utf-8")) for file in sys.argv[1:])
OpenAPIV30SpecValidator(openapi).validate()
models = contract["models"]
assert models, "no models"
for model in models.values():
    Draft4Validator.check_schema(model["schema"])

operations = {
    f"{method.upper()} {path}": operation
    for path, item in openapi["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict) and "operationId" in operation
}
assert operations.keys() == contract["routes"].keys(), operations.keys() ^ contract["routes"].keys()
for route, operation in operations.items():
    told = contract["routes"][route]
    assert told["operation"] == operation["operationId"], route
    assert told["body"].keys() == operation.get("requestBody", {}).get("content", {}).keys(), route
