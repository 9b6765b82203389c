"""Has a bank book credits and write its statements of them: a JSON list of credits in, as the bank's own interface takes them, a JSON
list of camt.053 documents out."""
import json
import sys

from mockbank import Config
from mockbank import accounts, credits, outbox
from mockbank.state import State

state = State(Config(clock="2026-11-23"))
account = next(a["id"] for a in accounts.listing(state.conn) if a["currency"] == "EUR" and a["format"] != "nacha" and a["behaviour"] == "accept")
for credit in json.load(sys.stdin):
    credits.create(state.conn, state.clock, state.now(), {"account": account, **credit})
state.clock.advance(days=3)
sent = outbox.collect(state.conn, state.now(), kind="camt.053")
json.dump([row["body"] for row in sent if row["account"] == account], sys.stdout)
