"""A store in one file: written anew at every commit, and put in place of the old one when it is on the disk."""

import json
import os
import sys

STATE = "state/values.json"


def load():
    try:
        with open(STATE) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def sync(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def commit(values):
    with open(STATE + ".new", "w") as file:
        json.dump(values, file)
    sync(STATE + ".new")
    os.rename(STATE + ".new", STATE)
    sync("state")


def answer(line):
    print(json.dumps(line), flush=True)


def main():
    values = load()
    for text in sys.stdin:
        line = json.loads(text)
        op = line["op"]
        if op == "put":
            values[line["key"]] = line["value"]
        elif op == "delete":
            values.pop(line["key"], None)
        elif op == "get":
            answer({"op": "value", "key": line["key"], "value": values.get(line["key"])})
        elif op == "commit":
            commit(values)
            answer({"op": "committed", "n": line["n"]})


main()
