"""Holds documents to the published rules of EN 16931 and Peppol BIS Billing 3.0: a JSON list of XML texts in, for each of them a
list of what is wrong out. Warnings count. One process for all, because starting Python takes longer than judging a document."""
import json
import sys

from mockeinvoice import validate

answers = []
for text in json.load(sys.stdin):
    _, report = validate(text)
    found = [f"{f.code} {f.path}: {f.text}" for f in report.findings]
    if report.verdict != "valid":
        found.append(f"the verdict is {report.verdict}")
    answers.append(found)
json.dump(answers, sys.stdout)
