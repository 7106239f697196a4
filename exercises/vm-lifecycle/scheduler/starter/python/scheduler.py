"""scheduler.py - places virtual machines on hosts

README.md says what is said and what has to be answered. This much reads every
line and closes every job in the same way. It is yours: change what you like.
"""
import json
import sys

JOBS = {"request", "build_failed", "move", "confirm", "revert"}


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def ask(line):
    """Write a line that is answered, and return the answer."""
    say(line)
    return json.loads(sys.stdin.readline())


def do(job):
    """Do what a job asks for, and return its last line."""
    return {"op": "no_valid_host", "id": job["id"]}


def main():
    for text in iter(sys.stdin.readline, ""):
        line = json.loads(text)
        if line["op"] in JOBS:
            say(do(line))


main()
