"""Evaluates SPDX expressions by license-expression: reads {"permitted": [...], "expressions": [...]}, writes true, false or null (invalid) for each."""

import json
import sys

from license_expression import AND, OR, ExpressionError, ExpressionParseError, get_spdx_licensing

licensing = get_spdx_licensing()


def holds(node, permitted):
    if isinstance(node, AND):
        return all(holds(part, permitted) for part in node.args)
    if isinstance(node, OR):
        return any(holds(part, permitted) for part in node.args)
    return node.render() in permitted


def answer(text, permitted):
    try:
        return holds(licensing.parse(text, validate=True, strict=True), permitted)
    except (ExpressionError, ExpressionParseError):
        return None


asked = json.load(sys.stdin)
json.dump([answer(text, set(asked["permitted"])) for text in asked["expressions"]], sys.stdout)
