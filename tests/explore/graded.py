"""graded - the attacks, by the way that every submission goes

Hands all of them in to one "assay grade" of exercise searched/program, as a
candidate would, and holds what comes of each against "graded" of attacks.json.
For tests/explore/suite.

What comes of one is a word: how the explorer calls what it found ("forbidden",
"race", ...), or

  scan          not searched for what the scan of its source found
  build         it cannot be linked with the explorer
  unrepeatable  a schedule failed and did something else the next time
  slow          its schedules take too much time
  canary        what is known to be wrong went well in it
  pass, crash, cpu-limit, inconclusive, ...  the test's status
"""
import json
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
EXERCISE = "searched/program"
PACKAGE = os.path.join(HERE, "exercise", EXERCISE)
TEST = "search"

# Its own submissions show that the way is open.
OWN = [
    {"name": name, "graded": [came],
     "source": os.path.join(PACKAGE, folder, "program.c")}
    for name, folder, came in (("solution", "solution/c", "pass"),
                               ("starter", "starter/c", "requirement"),
                               ("no-lock", "mutants/no-lock", "race"))
]

# Words of a failure that has no schedule to show, and what its message needs:
# a place that a candidate can look at, where there is one.
PLACE = r"program\.c:\d+: "
UNTOLD = {
    "scan": r"^" + PLACE + r".*the search cannot vouch for such code",
    "build": r"build of the submission failed.*" + PLACE,
    "unrepeatable": r"did not when it was run once more",
    "slow": r"it computes for too long",
    "canary": r"the search does not vouch for this build",
}


def entries(attacks):
    return [dict(entry, folder="graded") for entry in OWN + attacks]


def source(entry):
    return entry.get("source") or os.path.join(HERE, "attacks",
                                               entry["name"] + ".c")


def lay_out(home, chosen):
    """The exercise with what it is built from, and submissions of it."""
    shutil.rmtree(home, ignore_errors=True)
    for folder, to in (
            (os.path.join(ROOT, "exercises", "kit"), "exercises/kit"),
            (os.path.join(ROOT, "include"), "include"),
            (PACKAGE, os.path.join("exercises", EXERCISE))):
        shutil.copytree(folder, os.path.join(home, to))
    paths = []
    for entry in chosen:
        path = os.path.join(home, "submissions", entry["name"])
        os.makedirs(path)
        shutil.copy(source(entry), os.path.join(path, "program.c"))
        paths.append(path)
    return paths


def grade(options, chosen):
    """The report of each of @chosen, by the name of its folder."""
    home = os.path.join(options.build, "tests/explore/home")
    paths = lay_out(home, chosen)
    out = os.path.join(home, "out")
    done = subprocess.run(
        [os.path.join(options.build, "assay"), "grade", "--quiet",
         "--exercise", EXERCISE, "--jobs", str(options.jobs), "--out", out,
         *paths],
        env=dict(os.environ, ASSAY_EXERCISES=os.path.join(home, "exercises")),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    reports = {}
    for entry in chosen:
        path = os.path.join(out, "reports", entry["name"] + ".json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                reports[entry["name"]] = json.load(file)
    return reports, done.stderr.strip()


def outcome(test):
    """How the explorer called what it found, as the trace has it."""
    for trace in test["traces"] or []:
        if trace["title"] == "trace":
            for line in trace["lines"]:
                if line.startswith("outcome "):
                    return line.split()[1]
    return None


def word(test):
    if test["status"] != "fail":
        return test["status"]
    if outcome(test):
        return outcome(test)
    for name, pattern in UNTOLD.items():
        if re.search(pattern, test["message"] or ""):
            return name
    return "fail"


def complaints(entry, report):
    """What came of it, and what is not as it should be."""
    if not report or not report["tests"]:
        return "no report", ["no report, or one without tests"]
    test = next(test for test in report["tests"] if test["id"] == TEST)
    came, wrong = word(test), []
    if came not in entry["graded"]:
        wrong.append(f"{came}, expected {' or '.join(entry['graded'])}: "
                     f"{test['message']}")
    if test["points"] and entry["graded"] != ["pass"]:
        wrong.append(f"got {test['points']} points")
    if any(test["status"] == "inconclusive" for test in report["tests"]):
        wrong.append("a test is inconclusive, so nobody is charged")
    if test["status"] == "fail" and not test["message"]:
        wrong.append("a fail that says nothing")
    return f"{came}: {test['message'] or ''}", wrong


def run(options, chosen):
    """(entry, what came of it, complaints) for each of @chosen."""
    reports, said = grade(options, chosen)
    for entry in chosen:
        came, wrong = complaints(entry, reports.get(entry["name"]))
        if came == "no report":
            wrong.append(said)
        yield entry, came, wrong
