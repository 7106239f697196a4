"""image - an initramfs, written without being anyone in particular

The format is the kernel's "newc" (Documentation/driver-api/early-userspace/
buffer-format.rst). Everything belongs to the guest's root whoever builds it,
and several images one behind the other are unpacked as one.
"""

import os
import re
import stat
import subprocess


def output(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


class Image:
    """Files for a guest; a path is the guest's, a source is this host's."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.seen = {"/"}

    def _entry(self, path, mode, content=b""):
        name = path.lstrip("/").encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (len(self.seen), mode, 0, 0, links, 0, len(content),
                  0, 0, 0, 0, len(name), 0)
        self.file.write(b"070701" + b"".join(b"%08X" % n for n in fields) +
                        name)
        self._pad()
        self.file.write(content)
        self._pad()

    def _pad(self):
        self.file.write(b"\0" * (-self.file.tell() % 4))

    def _new(self, path):
        """Whether @path is to be made; its folders are there afterwards."""
        if path in self.seen:
            return False
        self.folder(os.path.dirname(path))
        self.seen.add(path)
        return True

    def folder(self, path, mode=0o755):
        if self._new(path):
            self._entry(path, stat.S_IFDIR | mode)

    def link(self, path, target):
        if self._new(path):
            self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def text(self, path, text, mode=0o644):
        if self._new(path):
            self._entry(path, stat.S_IFREG | mode, text.encode())

    def copy(self, path, source):
        """One file or symbolic link."""
        if os.path.islink(source):
            self.link(path, os.readlink(source))
        elif os.path.isdir(source):
            self.folder(path)
        elif self._new(path):
            mode = 0o755 if os.access(source, os.X_OK) else 0o644
            with open(source, "rb") as file:
                self._entry(path, stat.S_IFREG | mode, file.read())

    def follow(self, path):
        """A file at the place it has here, and the links on the way."""
        while True:
            # /lib and /lib64 are links below /usr, here as in the guest
            path = re.sub("^/lib", "/usr/lib", path)
            self.copy(path, path)
            if not os.path.islink(path):
                return
            path = os.path.normpath(os.path.join(os.path.dirname(path),
                                                 os.readlink(path)))

    def tree(self, path, source):
        """A folder with all that is in it."""
        for folder, folders, names in os.walk(source):
            below = os.path.relpath(folder, source)
            for name in folders + names:
                self.copy(os.path.normpath(os.path.join(path, below, name)),
                          os.path.join(folder, name))

    def program(self, path, source):
        """A program, and the libraries that it needs."""
        self.copy(path, os.path.realpath(source))
        self.libraries(source)

    def libraries(self, source):
        found = subprocess.run(["ldd", source], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True,
                               check=False).stdout  # nothing of a static one
        for library in re.findall(r"(/\S+) \(0x", found):
            self.follow(library)

    def close(self):
        self.seen.clear()  # the last entry has no number
        self._entry("TRAILER!!!", 0)
        self.file.close()
