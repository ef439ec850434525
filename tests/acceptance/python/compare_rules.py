"""Runs the rules of terraform/policy and checkov over the same changed plans, and writes which of them finds which change.

    compare_rules.py OPA CHECKOV > docs/plan-rules-compared.md

The changes are those of terraform/policy/mutations_test.rego. A tool finds a change if it reports something that it does not report of the
plan without the change. checkov reads the planned values, so these are made of the resource changes of the fixture.
"""

import collections
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

POLICY = pathlib.Path(__file__).resolve().parents[3] / "terraform/policy"


def evaluated(opa, query):
    command = [opa, "eval", "--format", "raw", "--data", str(POLICY), query]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def with_planned_values(plan):
    modules = collections.defaultdict(list)
    for change in plan["resource_changes"]:
        after = change["change"].get("after")
        if change["mode"] == "managed" and after is not None:
            resource = {key: change[key] for key in ("address", "mode", "type", "name", "index", "provider_name") if key in change}
            modules[change.get("module_address", "")].append({**resource, "schema_version": 0, "values": after, "sensitive_values": {}})
    root = {"resources": modules.pop("", []), "child_modules": [{"address": address, "resources": resources} for address, resources in modules.items()]}
    return {**plan, "format_version": "1.2", "terraform_version": "1.13.3", "planned_values": {"root_module": root}}


def failed_checks(checkov, folder):
    command = [checkov, "--directory", str(folder), "--framework", "terraform_plan", "--skip-download", "--quiet", "--compact", "--output", "json", "--soft-fail"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = collections.defaultdict(set)
    for report in answer if isinstance(answer, list) else [answer]:
        for check in report["results"]["failed_checks"]:
            found[pathlib.Path(check["file_path"]).stem].add((check["check_id"], check["resource"]))
    return found, answer[0]["summary"]["checkov_version"] if isinstance(answer, list) else answer["summary"]["checkov_version"]


def main():
    opa, checkov = sys.argv[1:]
    mutations = sorted(evaluated(opa, "data.mutations_test.mutations"), key=lambda mutation: mutation["name"])
    plans = {"before": evaluated(opa, "data.mutations_test.plan")} | {f"m{number:03}": mutation["plan"] for number, mutation in enumerate(mutations)}
    with tempfile.TemporaryDirectory() as folder:
        for name, plan in plans.items():
            (pathlib.Path(folder) / f"{name}.json").write_text(json.dumps(with_planned_values(plan)))
        found, version = failed_checks(checkov, folder)
    by_rule = collections.defaultdict(lambda: [0, 0, set()])
    for number, mutation in enumerate(mutations):
        row = by_rule[mutation["rule"]]
        new = found[f"m{number:03}"] - found["before"]
        row[0] += 1
        row[1] += bool(new)
        row[2] |= {check for check, _ in new}
    ours = sum(row[0] for row in by_rule.values())
    theirs = sum(row[1] for row in by_rule.values())
    print(
        f"""# The rules beside checkov

Generated on {datetime.date.today()} by `tests/acceptance/python/compare_rules.py` with checkov {version} and its built-in checks, from the
changes of [mutations_test.rego](../terraform/policy/mutations_test.rego): each changes one value of a plan, adds or removes one resource.

- The rules of [terraform/policy](../terraform/policy/) find all {ours} changes, because each was made for one of them.
- checkov finds {theirs} of them, and {ours - theirs} are found by the rules only.
- The count is generous to checkov: where a resource is added, each failed check of this resource counts, also one about something
  else. It is hard on it where the check fails before the change already, because the value is unknown in this plan, for example a key.
- checkov checks many things that the rules do not, on more types of resources. Of the plan without a change, it reports the
  checks of the second table. Run both.

## Changes, by rule

| rule | changes | found by checkov | checks of checkov |
|---|---|---|---|"""
    )
    for rule, (changes, caught, checks) in sorted(by_rule.items()):
        print(f"| `{rule}` | {changes} | {caught or 'none'} | {', '.join(sorted(checks)) or '-'} |")
    print(
        """
## Reported by checkov only

These checks fail in the plan without a change, of which the rules deny nothing. The modules skip most of them with a reason beside the
block, which checkov does not see in the JSON of a plan. Others fail because a value is unknown or a resource is left out of the fixture. What
the rules do not check at all are, for example, dead-letter queues (CKV_AWS_116), code signing (CKV_AWS_272), the deletion protection
of load balancers (CKV_AWS_150) and default security groups (CKV2_AWS_12).

| check | resources |
|---|---|"""
    )
    only = collections.Counter(check for check, _ in found["before"])
    for check, count in sorted(only.items()):
        print(f"| {check} | {count} |")


if __name__ == "__main__":
    main()
