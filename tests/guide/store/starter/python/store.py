import json
import sys


def main():
    for text in sys.stdin:
        line = json.loads(text)
        # line["op"] is "put", "delete", "get" or "commit": the rest is yours.


main()
