"""Which programs a piece of shell starts.

Programs that run another one (env, timeout, unshare, sh -c) are looked through.
"""
import posixpath
import re

from shell_reader import UNKNOWN_LIST, Reader

BUILTINS = {
    ".", ":", "[", "alias", "bg", "break", "builtin", "caller", "cd", "command", "compgen", "complete",
    "continue", "declare", "dirs", "disown", "echo", "eval", "exec", "exit", "export", "false", "fg",
    "getopts", "hash", "help", "jobs", "kill", "let", "local", "mapfile", "popd", "printf", "pushd",
    "pwd", "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source", "test", "times",
    "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
}
# Programs that start what follows: their options with a value of its own, and how many words stand
# before the program.
WRAPPERS = {
    "as_root": ("", 0), "builtin": ("", 0), "chroot": ("", 1), "command": ("", 0),
    "dbus-run-session": ("", 0), "env": ("uCS", 0), "exec": ("a", 0), "faketime": ("f", 1),
    "flock": ("wE", 1), "nice": ("n", 0), "nohup": ("", 0), "prlimit": ("", 0), "setsid": ("", 0),
    "stdbuf": ("ioe", 0), "step.sh": ("", 1), "strace": ("aeEIoOpPsSuX", 0), "sudo": ("ugh", 0),
    "timeout": ("ks", 1), "unshare": ("GSRw", 0), "xargs": ("aEIdLnPs", 0),
}
SHELLS = {"bash", "dash", "sh"}
ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*(\[[^]]*\])?\+?=")


def programs(words, functions=()):
    """The programs that one command starts, the outermost first."""
    while words and (ASSIGNMENT.match(words[0]) or words[0] == UNKNOWN_LIST):
        words = words[1:]
    if not words:
        return
    name = program(words[0])
    rest = words[1:]
    if name is None:
        return
    if name not in BUILTINS and name not in functions and name != "step.sh":
        yield name
    if name == "command" and rest[:1] in (["-v"], ["-V"]):
        return
    if name in SHELLS or name == "script":
        for option, text in zip(rest, rest[1:]):
            if re.fullmatch(r"-[a-z]*c", option):
                yield from (found for _, found in shell(text, functions))
                return
    elif name == "eval" or name == "trap":
        text = " ".join(rest) if name == "eval" else "".join(rest[:1])
        yield from (found for _, found in shell(text, functions))
    elif name == "ip" and rest[:2] == ["netns", "exec"]:
        yield from programs(rest[3:], functions)
    elif name == "find":
        for at, word in enumerate(rest):
            if word in ("-exec", "-execdir", "-ok"):
                yield from programs(rest[at + 1:at + 2], functions)
    elif name == "split":
        for word in rest:
            if word.startswith("--filter="):
                yield from (found for _, found in shell(word.partition("=")[2], functions))
    elif name in WRAPPERS:
        yield from programs(wrapped(rest, *WRAPPERS[name]), functions)


def wrapped(words, with_value, before):
    """The command that a wrapper starts."""
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            continue
        if re.fullmatch(r"-[A-Za-z]", word) and word[1] in with_value:
            words = words[1:]
        elif word.startswith("-") or ASSIGNMENT.match(word):
            continue
        elif before > 0:
            before -= 1
        else:
            return [word, *words]
    return []


def program(word):
    """The name of a program; None for what only the run knows, and for files of the repository."""
    if word.endswith("scripts/step.sh"):
        return "step.sh"
    if "/" in word:
        folder, name = posixpath.split(word)
        if not re.fullmatch(r"(/usr(/local)?)?/s?bin", folder):
            return None
        word = name
    return word if re.fullmatch(r"[A-Za-z_\[.:][\w.+\-\[]*", word) else None


def shell(text, functions=()):
    """Each line with a program that a script starts."""
    reader = Reader(text)
    functions = set(functions) | {match[1] for match in re.finditer(r"(?m)^\s*([\w-]+)\s*\(\)", text)}
    for line, words in reader.commands():
        for name in programs(words, functions):
            yield line, name
