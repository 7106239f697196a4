import json
import os
import sys


def load():
    try:
        with open("state/sum", encoding="ascii") as file:
            return int(file.read())
    except FileNotFoundError:
        return 0


def store(total):
    with open("state/new", "w", encoding="ascii") as file:
        file.write(str(total))
        file.flush()
        os.fsync(file.fileno())
    os.rename("state/new", "state/sum")


total = load()
for line in sys.stdin:
    total += json.loads(line)["add"]
    store(total)
    print(json.dumps({"sum": total}), flush=True)
