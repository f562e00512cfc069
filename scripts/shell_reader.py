"""Takes shell apart into its commands: word by word, nothing is run.

Commands of pipes, lists, substitutions and functions count too. What only the run knows, such as
$adm, is UNKNOWN.
"""
import re

UNKNOWN = "\0"
# All of a list that only the run knows, such as "$@" or "${sudo[@]}": it may be empty.
UNKNOWN_LIST = "\1"

KEYWORDS = {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"}
CLOSING = {"fi", "done", "esac", "}"}
OPERATOR = re.compile(r"&&|\|\||;;&?|;&|\|&|<<<|<<-?|&>>?|>>|>\||>&|<&|<>|[;&|()<>\n]")


class Reader:
    """Takes a script apart into simple commands."""

    def __init__(self, text):
        self.text = text.replace("\\\n", "  ")
        self.at = 0
        self.found = []
        self.documents = []

    def commands(self):
        self.read_until("")
        return sorted(self.found, key=lambda command: command[0])

    def line(self):
        return self.text.count("\n", 0, self.at) + 1

    def finish(self, words, line):
        while words and (words[0] in KEYWORDS or words[0] in CLOSING):
            words = words[1:]
        if words:
            self.found.append((line, words))

    def read_until(self, closing):
        """Reads commands up to a closing character, or to the end."""
        words, line = [], self.line()
        pattern = False  # inside of a case, before the closing parenthesis of a pattern
        cases = 0
        while self.at < len(self.text):
            rest = self.text[self.at:]
            if rest[0] in " \t":
                self.at += 1
                continue
            if rest[0] == "#":
                self.at += len(rest.split("\n", 1)[0])
                continue
            if closing and rest[0] == closing and not pattern:
                self.at += 1
                break
            operator = OPERATOR.match(rest)
            if operator and not rest.startswith(("<(", ">(")):
                mark = operator[0]
                self.at += len(mark)
                if mark in (">", ">>", "<", ">|", ">&", "<&", "<>", "&>", "&>>", "<<<"):
                    if words and words[-1].isdigit():
                        words.pop()
                    self.skip_blanks()
                    self.word()
                    continue
                if mark in ("<<", "<<-"):
                    self.skip_blanks()
                    self.documents.append((self.word(), mark == "<<-"))
                    continue
                if mark == "(" and len(words) == 1 and self.text[self.at:].lstrip(" ")[:1] == ")":
                    self.at = self.text.index(")", self.at) + 1  # the head of a function
                    words = []
                    continue
                if pattern and mark in ("|", "(", ")", "\n"):
                    pattern = mark != ")"
                    words, line = [], self.line()
                    continue
                self.finish(words, line)
                words, line = [], self.line()
                if mark == "(":
                    self.read_until(")")
                elif mark == "\n":
                    self.skip_documents()
                    line = self.line()
                elif mark.startswith(";;"):
                    pattern = cases > 0
                continue
            if not words:
                line = self.line()
            word = self.word()
            if pattern:
                if word == "esac":
                    cases, pattern = cases - 1, False
                continue
            if word in KEYWORDS and not words:
                continue
            words.append(word)
            if words[0] == "case" and word == "in":
                words, pattern, cases = [], True, cases + 1
            elif words[0] in ("for", "select", "case", "function", "[[", "(("):
                if words[0] in ("for", "select") and re.match(r"\s*(;|\n)", self.text[self.at:]):
                    words = []
                elif words[0] == "[[" and word == "]]":
                    words = []
            elif words[0] == "esac":
                words, cases = [], cases - 1
            elif words[0] in CLOSING:
                words = []
        self.finish(words if not words or words[0] not in ("[[", "for") else [], line)

    def skip_blanks(self):
        while self.text[self.at:self.at + 1] in (" ", "\t") and self.at < len(self.text):
            self.at += 1

    def skip_documents(self):
        for ending, indented in self.documents:
            while self.at < len(self.text):
                line, _, _ = self.text[self.at:].partition("\n")
                self.at += len(line) + 1
                if (line.lstrip("\t") if indented else line) == ending:
                    break
        self.documents = []

    def word(self):
        """One word, without its quotes; what is substituted in it is read as commands."""
        text = ""
        while self.at < len(self.text):
            mark = self.text[self.at]
            after = self.text[self.at + 1:self.at + 2]
            if mark in " \t\n;&|)" or mark in "<>" and after != "(" or text and mark + after == "()":
                break
            self.at += 1
            if mark == "'":
                end = self.text.find("'", self.at)
                end = len(self.text) if end < 0 else end
                text += self.text[self.at:end]
                self.at = end + 1
            elif mark == '"':
                text += self.quoted()
            elif mark == "\\":
                text += self.text[self.at:self.at + 1]
                self.at += 1
            elif mark == "$":
                text += self.substitution()
            elif mark == "`":
                text += self.backquoted()
            elif mark == "(":  # the words of an array, a pattern, or a process substitution
                if text.endswith("="):
                    while self.text[self.at:self.at + 1] not in (")", ""):
                        if self.text[self.at] in " \t\n" or not self.word():
                            self.at += 1
                    self.at += 1
                else:
                    self.read_until(")")
                text += UNKNOWN
            else:
                text += mark
        return text

    def quoted(self):
        text = ""
        while self.at < len(self.text):
            mark = self.text[self.at]
            self.at += 1
            if mark == '"':
                break
            if mark == "\\":
                text += self.text[self.at:self.at + 1]
                self.at += 1
            elif mark == "$":
                text += self.substitution()
            elif mark == "`":
                text += self.backquoted()
            else:
                text += mark
        return text

    def backquoted(self):
        line = self.line() - 1
        inside, _, _ = self.text[self.at:].partition("`")
        self.at += len(inside) + 1
        self.found += [(line + at, words) for at, words in Reader(inside).commands()]
        return UNKNOWN

    def substitution(self):
        """What follows a dollar sign."""
        rest = self.text[self.at:]
        if rest.startswith("(("):
            end = self.text.find("))", self.at)
            self.at = end + 2 if end >= 0 else len(self.text)
        elif rest.startswith("("):
            self.at += 1
            self.read_until(")")
        elif rest.startswith("{"):
            depth = 0
            while self.at < len(self.text):
                depth += {"{": 1, "}": -1}.get(self.text[self.at], 0)
                self.at += 1
                if depth == 0:
                    break
            if "[@]" in rest[:rest.find("}")]:
                return UNKNOWN_LIST
        else:
            name = re.match(r"\w+|[@*#?!$-]", rest)
            if not name:
                return "$"
            self.at += len(name[0])
            if name[0] == "@":
                return UNKNOWN_LIST
        return UNKNOWN
