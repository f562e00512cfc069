"""Which programs Python code starts.

Read are the functions of subprocess and os, `shutil.which`, and lists that look like a command: a word
and, somewhere behind it, an option.
"""
import ast
import re

from shell_programs import programs, shell
from shell_reader import UNKNOWN, UNKNOWN_LIST

STARTERS = {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}
OTHERS = {"execv", "execve", "execvp", "execlp", "spawnv", "spawnvp", "posix_spawn", "system", "popen"}


def python(text):
    """Each line with a program that is started."""
    found = set()
    tree = ast.parse(text)
    # What is added to a list goes on with its command.
    added = {id(node.right) for node in ast.walk(tree) if isinstance(node, ast.BinOp)}
    for node in ast.walk(tree):
        if isinstance(node, ast.List) and id(node) not in added:
            found |= {(node.lineno, name) for name in programs(command(node))}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            module = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            found |= {(node.lineno, name) for name in started(module, node.func.attr, node.args[0])}
    return sorted(found)


def command(node):
    """The words of a list where they look like a command."""
    words = literals(node)
    is_command = any(word.startswith("-") for word in words[1:])
    return words if is_command and re.fullmatch(r"[a-z][\w.+-]*", words[0].lstrip(UNKNOWN_LIST)) else []


def started(module, function, argument):
    if (module, function) == ("shutil", "which") or module == "os" and function in OTHERS:
        words = literals(argument)
    elif module == "subprocess" and function in STARTERS:
        words = literals(argument)
    else:
        return
    if isinstance(argument, ast.Constant) and len(words) == 1:
        yield from (name for _, name in shell(words[0]))
    else:
        yield from programs(words)


def literals(node):
    """The words of a list or of one text; what only the run knows is UNKNOWN."""
    if isinstance(node, (ast.List, ast.Tuple)):
        # What goes before with a star is a wrapper, or nothing.
        words = [
            UNKNOWN_LIST if isinstance(item, ast.Starred) else "".join(literals(item))
            for item in node.elts
        ]
        return words or [UNKNOWN]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [UNKNOWN]
