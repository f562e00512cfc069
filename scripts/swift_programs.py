"""Which programs the Swift code of a test starts.

Read are the calls that start a program (STARTERS), what is given to `Process`, absolute paths of
programs in any literal, scripts for a shell, and the variables that name an editor. A program is named
in place: where it comes out of a variable, the call that fills the variable is read instead.
"""
import pathlib
import re

from shell_programs import program, programs, shell
from shell_reader import UNKNOWN

TOKEN = re.compile(r'(?P<open>#*"(?:"")?)|(?P<word>[A-Za-z_]\w*)|(?P<mark>[^\s])')
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
# Calls whose words are a program and its arguments. One with a dot in front counts for that receiver
# alone; the others also for a type as receiver, never for a value, which may run adm.
STARTERS = {"ChildProcess", "Command", "command", "LocalService.find", "run"}
# Calls with a script for a shell.
SCRIPTS = {"edit", "shell", "NetworkSpace.command"}
# Names in an environment or a profile whose value is a command.
COMMANDS = {"ADM_EDITOR", "EDITOR", "VISUAL", "PAGER", "credential-command"}
# Labels behind which no words of the command follow.
ASIDE = {"environment", "directory", "input", "in", "body", "hosts"}
# Lists of arguments of adm begin with these.
ADM_VERBS = set(
    re.findall(r"(?m)^#+ adm ([a-z-]+)", (pathlib.Path(__file__).parent.parent / "docs/cli.md").read_text())
)
# Here a path that is a parameter is started; who calls it is read.
GENERAL = ("ADMTestSupport/ChildProcess.swift", "ADMCatalogTests/Home.swift", "ADMSystemTests/Home.swift")
BARE = {"posix_spawn", "posix_spawnp", "execv", "execve", "execvp", "popen", "system", "fexecve"}


class Token:
    """A literal, a name or a mark; holes in a literal are UNKNOWN."""

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


def tokens(text):
    at, line, found = 0, 1, []
    while at < len(text):
        comment = COMMENT.match(text, at)
        match = None if comment else TOKEN.match(text, at)
        if comment:
            end = comment.end()
        elif not match:
            end = at + 1
        elif match["open"]:
            end, literal = read_literal(text, at, match["open"])
            found.append(Token("literal", literal, line))
        else:
            end = match.end()
            found.append(Token("word" if match["word"] else "mark", match[0], line))
        line += text.count("\n", at, end)
        at = end
    return found


def read_literal(text, at, opening):
    """Where a literal ends, and what is in it."""
    hashes = opening.count("#")
    quotes = opening[hashes:]
    escape = "\\" + "#" * hashes
    closing = quotes + "#" * hashes
    at += len(opening)
    if text.startswith('"', at - 1) and quotes == '""':
        return at, ""
    inside = ""
    while at < len(text) and not text.startswith(closing, at):
        if text.startswith(escape + "(", at):
            at = skip_hole(text, at + len(escape) + 1)
            inside += UNKNOWN
        elif text.startswith(escape, at):
            letter = text[at + len(escape):at + len(escape) + 1]
            inside += {"n": "\n", "t": "\t", "0": "", "\n": ""}.get(letter, letter)
            at += len(escape) + 1
        else:
            inside += text[at]
            at += 1
    if quotes == '"""':
        inside = "\n".join(line.strip() for line in inside.split("\n"))
    return at + len(closing), inside


def skip_hole(text, at):
    """The place behind the parenthesis that closes an interpolation."""
    depth = 1
    while at < len(text) and depth:
        if text[at] == '"':
            match = TOKEN.match(text, at)
            at, _ = read_literal(text, at, match["open"])
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def swift(text, path=""):
    """Each line with a program that is started; a name of None says that it cannot be told."""
    found = set()
    code = tokens(text)
    scripts = {
        code[at].text: code[at + 2].text for at in range(len(code) - 2)
        if code[at].kind == "word" and code[at + 1].text == "=" and code[at + 2].kind == "literal"
    }
    for at, token in enumerate(code):
        if token.kind == "literal":
            found |= in_literal(code, at)
        elif token.text == "[":
            found |= listed(code, at, scripts)
        elif token.kind != "word":
            continue
        elif token.text in BARE and code[at + 1:] and code[at + 1].text == "(":
            found.add((token.line, None))
        elif token.text in ("executableURL", "executable"):
            found |= assigned(code, at, scripts, path)
        elif code[at + 1:] and code[at + 1].text == "(":
            found |= called(code, at, scripts)
    return sorted(found, key=lambda pair: (pair[0], pair[1] or ""))


def in_literal(code, at):
    """Programs that a literal names by itself."""
    token, found = code[at], set()
    text = token.text
    if text.startswith("#!"):
        first, _, rest = text.partition("\n")
        found |= {(token.line, name) for name in programs(first[2:].split())}
        found |= {(token.line, name) for _, name in shell(rest)} if first.endswith("sh") else set()
    elif re.match(r"/(usr/(local/)?)?s?bin/[^:]*$", text) and program(text.split()[0]) != "env":
        found |= {(token.line, name) for name in programs(text.split())}
    before = code[at - 2:at]
    if len(before) == 2 and before[0].text in COMMANDS and before[1].text in (":", ","):
        found |= {(token.line, name) for _, name in shell(text)}
    return found


def listed(code, at, scripts):
    """The program of a list that looks like a command: a word, and an option behind it."""
    if code[at - 1].text not in ("[", ":", "=", "{", "return", "?") or code[at + 1].kind != "literal":
        return set()
    words = words_of(code, at, scripts, one=True)
    looks = len(words) > 1 and re.match(r"[A-Za-z/]", words[0]) and re.match(r"--?[A-Za-z]", words[1])
    if not looks or words[0] in ADM_VERBS:
        return set()
    return {(code[at].line, name) for name in programs(words)}


def assigned(code, at, scripts, path):
    """What is given to `Process.executableURL` or to the path of a command."""
    line = code[at].line
    if at < 2 or code[at - 1].text != "." or code[at + 1].text != "=":
        return set()
    value = next((t for t in code[at + 2:at + 9] if t.kind == "literal" or t.text in ("}", "\n")), None)
    if value is None or value.kind != "literal" or value.line > line + 2:
        return set() if path.endswith(GENERAL) or code[at - 2].text == "self" else {(line, None)}
    for other in list(range(at, min(at + 60, len(code)))) + list(range(at, max(at - 60, 0), -1)):
        if code[other].text == "arguments" and code[other + 1].text == "=":
            arguments = words_of(code, other + 2, scripts, one=True)
            return {(line, name) for name in programs([value.text, *arguments])}
    return {(line, name) for name in programs([value.text])}


def called(code, at, scripts):
    """What a call starts."""
    token = code[at]
    name = token.text
    receiver = code[at - 2].text if at > 1 and code[at - 1].text == "." else ""
    full = f"{receiver}.{name}"
    is_own = not receiver or receiver[0].isupper()
    if full in SCRIPTS or name in SCRIPTS and not receiver:
        literals = [word for word in words_of(code, at + 2, scripts) if word != UNKNOWN]
        return {(token.line, found) for text in literals for _, found in shell(text)}
    if not (full in STARTERS or name in STARTERS and is_own) or code[at - 1].text == "func":
        return set()
    if code[at + 3].text == ":" and code[at + 2].kind == "word":
        return set()
    words = words_of(code, at + 2, scripts)
    return {(token.line, found) for found in programs(words)} if words[:1] != [UNKNOWN] else set()


def words_of(code, at, scripts, one=False):
    """The words in a call or a list: literals, and UNKNOWN for the rest.

    A name that is set to a literal in the same file stands for that literal.
    """
    words, depth = [], 1 if not one else 0
    while at < len(code):
        token = code[at]
        if token.text in ("(", "[", "{"):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth -= 1
            if depth <= 0:
                break
        elif token.kind == "literal":
            joined = code[at - 1].text == "+" and words and code[at - 2].kind in ("literal", "word")
            if joined:
                words[-1] += token.text
            else:
                words.append(token.text)
        elif token.kind == "word" and code[at + 1].text == ":" and token.text in ASIDE:
            break
        elif token.kind == "word" and code[at + 1].text not in (":", ".", "(") and token.text != "try":
            if code[at - 1].text != ".":
                words.append(scripts.get(token.text, UNKNOWN))
        elif one and depth == 0 and token.text != "+":
            break
        at += 1
    return words
