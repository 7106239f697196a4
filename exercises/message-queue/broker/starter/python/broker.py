"""A message broker: JSON lines on standard input and output. See README.md."""

import json
import sys


def main():
    for text in sys.stdin:
        line = json.loads(text)
        if line["op"] == "sync":
            print(json.dumps({"op": "synced", "n": line["n"]}), flush=True)


if __name__ == "__main__":
    main()
