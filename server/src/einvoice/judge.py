"""Holds documents to the published rules of EN 16931 and Peppol BIS Billing 3.0: a JSON list of XML texts in, for each of them a
list of what is wrong out. Warnings count. Documents that name the standard alone are held to its core alone. One process for all,
because starting Python takes longer than judging a document."""
import json
import sys

from mockeinvoice import check, parse_tree, rules
from mockeinvoice.specification import EN16931, identify

rules.LAYERS_OF["core"] = ("en16931",)

answers = []
for text in json.load(sys.stdin):
    document, findings, sent = parse_tree(text)
    core = document.text("BT-24") == EN16931
    report = check(document, "core" if core else identify(document), findings, sent)
    found = [f"{f.code} {f.path}: {f.text}" for f in report.findings]
    if report.verdict != "valid":
        found.append(f"the verdict is {report.verdict}")
    answers.append(found)
json.dump(answers, sys.stdout)
