"""What is fuzzed, built for it: judges with sanitizers and server.c, references as they are."""

import json
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
GCC_ONLY = ("-O2", "-g", "-fdiagnostics-format=json")
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]


class Exercise:
    def __init__(self, folder, build):
        self.folder, self.build = folder, build
        with open(os.path.join(folder, "exercise.json")) as file:
            self.manifest = json.load(file)
        self.id = self.manifest["id"]
        self.place = os.path.join(build, "fuzz", "judges", self.id)

    def is_dialogue(self):
        return any(language.get("profile") == "dialogue" for language in self.manifest["languages"].values())

    def tests(self):
        """Those that need no second program and no explorer."""
        return [test for test in self.manifest["tests"]
                if not test.get("baseline") and test.get("variant") != "explore"]

    @staticmethod
    def _kit():
        """Words of commands that name the kit, and what is in their place here."""
        kit = os.path.join(SOURCE, "exercises", "kit")
        return {"-I/work/kit": "-I" + kit, "-I/work/include": "-I" + os.path.join(SOURCE, "include"),
                **{f"/work/kit/{name}": os.path.join(kit, name) for name in ("crash.c", "driver.c", "history.c")}}

    def judge(self, optimized="-O1"):
        """The path of the judge. clang's, as the objects of the fuzz targets are, which it is linked with."""
        kit = os.path.join(self.place, "kit")
        os.makedirs(kit, exist_ok=True)
        target = os.path.join(self.place, "judge")
        archive = os.path.join(kit, "libjudge.a")
        if not os.path.islink(archive):
            os.symlink(os.path.join(self.build, "fuzz", "libtested.a"), archive)
        places = {"/work/judge": target, "-L/work/kit": "-L" + kit, **self._kit()}
        extra = SANITIZE + [optimized, "-gline-tables-only", "-D_GNU_SOURCE=", os.path.join(HERE, "server.c"),
                            os.path.join(HERE, "player.c"), "-I" + HERE, "-Wl,--wrap=main,--wrap=exit", "-w"]
        for command in self.manifest["judge"]["build"]:
            command = [places.get(word, word) for word in command]
            if os.path.basename(command[0]) == "gcc":
                command = ["clang"] + [word for word in command[1:] if word not in GCC_ONLY] + extra
            subprocess.run(command, cwd=os.path.join(self.folder, "judge"), check=True)
        return target

    def driver(self):
        """The path of the reference in C with the exercise's driver, as tests of variant "release" have it."""
        language = self.manifest["languages"]["c"]
        release = language["variants"]["release"]
        submission = os.path.join(self.place, "submission")
        os.makedirs(submission, exist_ok=True)
        for folder, names in (("solution", language["submit"]["required"]), ("starter", language["owned"])):
            for name in names:
                shutil.copy(os.path.join(self.folder, folder, "c", name), submission)
        words = self._kit()
        commands = [[self._here(word, words) for word in command] for command in release["prepare"] + release["build"]]
        for command in commands:
            subprocess.run(command, cwd=submission, check=True, stderr=subprocess.DEVNULL)
        return self._here(release["run"][0], words)

    def _here(self, word, words):
        """A word of a command for a box."""
        if word.startswith("/work/exercise/"):
            return os.path.join(os.path.abspath(self.folder), word.removeprefix("/work/exercise/"))
        return words.get(word, word.replace("/work/", self.place + "/", 1) if word.startswith("/work/") else word)

    def reference(self):
        """The argv of the reference, in the language that starts fastest of those that it can be built in."""
        for language in ("c", "cpp", "python"):
            if language in self.manifest["languages"]:
                argv = self._built_reference(language)
                if argv:
                    return argv
        raise SystemExit(f"{self.id}: no reference solution can be built")

    def _built_reference(self, language):
        solution = os.path.abspath(os.path.join(self.folder, "solution", language))
        description = self.manifest["languages"][language]
        main = description["submit"]["required"][0]
        with open(os.path.join(SOURCE, "exercises", "languages.json")) as file:
            shared = json.load(file)[description["profile"]][language]
        words = {"@main": main, "/work/program": os.path.join(self.place, "program"), **self._kit(),
                 "/work/crash.o": os.path.join(self.place, "crash.o")}
        if not os.path.exists(os.path.join(solution, main)):
            return None
        for command in shared["variants"]["release"]["build"]:
            if subprocess.run([words.get(word, word) for word in command], cwd=solution,
                              stderr=subprocess.DEVNULL).returncode != 0:
                return None
        words["@main"] = os.path.join(solution, main)
        return [words.get(word, word) for word in shared["variants"]["release"]["run"]]


def exercises(folders, build):
    """The exercises below these folders, or the one that is there."""
    found = []
    for folder in folders:
        for path, names, files in sorted(os.walk(folder)):
            if "exercise.json" in files:
                names.clear()
                found.append(Exercise(path, build))
    return found
