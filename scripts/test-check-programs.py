#!/usr/bin/env python3
"""Tests of check-programs.py: what it finds, and that a program nobody installs makes it fail."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from python_programs import python
from shell_programs import shell
from swift_programs import swift

ROOT = pathlib.Path(__file__).resolve().parent.parent


def names(found):
    return [name for _, name in found]


class ShellTests(unittest.TestCase):
    def expect(self, text, *programs):
        self.assertEqual(names(shell(text)), list(programs), text)

    def test_commands_of_lists_pipes_and_groups(self):
        self.expect("a1 x; b1 && c1 || d1 | e1 & f1", "a1", "b1", "c1", "d1", "e1", "f1")
        self.expect("( a1 ) ; { b1; } ; ! c1", "a1", "b1", "c1")
        self.expect("if a1; then b1; elif c1; then d1; else e1; fi", "a1", "b1", "c1", "d1", "e1")
        self.expect("while a1; do b1; done < <(c1)\nuntil d1; do :; done", "a1", "b1", "c1", "d1")
        self.expect("for x in q1 q2; do a1 $x; done; select y in q; do b1; done", "a1", "b1")
        self.expect("case $x in q1 | q2) a1 ;; *) b1 ;; esac\nc1", "a1", "b1", "c1")

    def test_substitutions(self):
        self.expect("x=$(a1 `b1`) y1 \"$(c1 \"$(d1)\")\"", "b1", "a1", "d1", "c1", "y1")
        self.expect("echo $((1 + 2)) ${x:-q1} '$(q2)'")

    def test_words_that_are_no_commands(self):
        self.expect("x=1 y=2\nlist=(q1 q2)\n# q3\n: q4 >q5 2>&1 <q6\n[[ q7 == q8 ]] && a1", "a1")
        self.expect("cat <<X | a1\nq1\nX\nb1", "cat", "a1", "b1")
        self.expect("f() { a1; }\nf q1\ng() (\n  b1\n)", "a1", "b1")
        self.expect("$adm q1; \"${sudo[@]}\" a1; scripts/x.sh q2; command -v q3", "a1")

    def test_programs_that_start_others(self):
        self.expect("env -i -u X A=b a1 -c q", "env", "a1")
        self.expect("timeout -k 3 5 a1; flock -n file b1", "timeout", "a1", "flock", "b1")
        self.expect("strace -f -o q a1; unshare --net sh -ec 'b1 | c1'",
                    "strace", "a1", "unshare", "sh", "b1", "c1")
        self.expect("ip netns exec q a1; find . -exec b1 {} +; xargs -n 1 c1",
                    "ip", "a1", "find", "b1", "xargs", "c1")
        self.expect("split -b 1 --filter='a1 -x' q; trap 'b1; c1' EXIT; eval d1",
                    "split", "a1", "b1", "c1", "d1")
        self.expect("scripts/step.sh 'q 1' a1; exec /usr/bin/b1", "a1", "b1")


class SwiftTests(unittest.TestCase):
    def expect(self, text, *programs):
        self.assertEqual(sorted(names(swift(text)), key=str), sorted(programs, key=str), text)

    def test_calls_that_start_programs(self):
        self.expect('ChildProcess.Command("/usr/bin/env", ["A=\\(b("q"))", "a1"] + more)', "env", "a1")
        self.expect('try ChildProcess.run(["a1", "-x", path], in: folder)', "a1")
        self.expect('try run("/usr/bin/a1", path); try rig.run("download")', "a1")
        self.expect('try await FrozenDisk.run("a1", "q"); LocalService.find("b1")', "a1", "b1")
        self.expect('Self.command("a1", ["q"], environment, input: .text("q2"))', "a1")
        self.expect('ChildProcess.Command("/bin/sh", ["-c", "a1 | b1"], environment: ["q": "r"])',
                    "sh", "a1", "b1")
        self.expect('let text = """\n  a1 x\n  """\nChildProcess.Command("/bin/bash", ["-c", text])',
                    "bash", "a1")
        self.expect('NginxServer.run(protocols: "q1") { }')

    def test_what_a_process_is_given(self):
        url = 'process.executableURL = URL(fileURLWithPath: "/usr/bin/env")\n'
        self.expect(url + 'process.arguments = ["a1", "-q"]', "env", "a1", "a1")
        self.expect('command.arguments = ["-qec", "b1 x"]\ncommand.executable = "/usr/bin/script"',
                    "script", "b1")
        self.expect("process.executableURL = URL(fileURLWithPath: path)", None)
        self.expect("posix_spawn(&child, path, nil, nil, words, nil)", None)

    def test_paths_scripts_lists_and_editors(self):
        self.expect('set("credential-command", "/bin/a1 \\(x)"); ["EDITOR": "b1 -w"]', "a1", "b1")
        self.expect('write("#!/bin/sh\\na1 && exit 3\\n", to: path)', "sh", "a1")
        self.expect('return ["a1", "-t", path]; [["b1", "--tag"], ["c1", "-b"]]', "a1", "b1")
        self.expect('adm(["download", "--quiet"]); "PATH=/usr/bin:/bin"; // "/usr/bin/q1"\n/* "/bin/q2" */')


class PythonTests(unittest.TestCase):
    def test_calls_and_lists(self):
        text = """
subprocess.run(["a1", *words]); subprocess.Popen([*before, "b1", "-p", root])
shutil.which("c1"); os.system("d1 | e1"); subprocess.run([sys.executable, "-q"])
line = ["f1", "-q"] + ["q1", "-r"]
names = ["q2", "q3"]
"""
        self.assertEqual(sorted(names(python(text))), ["a1", "b1", "c1", "d1", "e1", "f1"])


class WholeTests(unittest.TestCase):
    def check(self, file, text):
        """What the check says of the scripts and documents of the repository with one more file."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("Makefile", "README.md", ".ci/run", "scripts/install-packages.sh"):
                (root / name).parent.mkdir(exist_ok=True)
                shutil.copy(ROOT / name, root / name)
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            with open(root / file, "a") as stream:
                stream.write(text)
            check = ROOT / "scripts/check-programs.py"
            done = subprocess.run([sys.executable, check, root], capture_output=True, text=True)
            return done.returncode, done.stdout

    def test_a_program_that_nobody_installs_is_a_fault_with_its_place(self):
        planted = {
            "Tests/EndToEndTests/Planted.swift": 'let x = ChildProcess.Command("/usr/bin/jq", ["."])\n',
            "Tests/ADMDiskTests/Planted.swift": 'try ChildProcess.run(["jq", "-r", path])\n',
            "Tests/ADMCatalogTests/Planted.swift":
                'ChildProcess.Command("/bin/bash", ["-c", "cat x | jq ."])\n',
            "Benchmarks/planted.py": 'import subprocess\nsubprocess.run(["jq", "."])\n',
            "scripts/planted.py": 'import subprocess\nsubprocess.check_output(["jq", "."])\n',
            "scripts/planted.sh": "cat x | jq .\n",
            ".ci/planted": "if jq --version; then exit 0; fi\n",
            "Makefile": "planted:\n\t@jq .\n",
            "README.md": "```console\n$ adm list --json | jq .\n```\n",
        }
        for file, text in planted.items():
            with self.subTest(file):
                code, output = self.check(file, text)
                self.assertEqual(code, 1, output)
                self.assertRegex(output, rf"(?m)^{file}:\d+: jq is started")

    def test_what_is_installed_for_the_tests_is_not_there_for_benchmarks(self):
        code, output = self.check("Benchmarks/planted.py", 'import os\nos.system("sqlite3 x")\n')
        self.assertEqual(code, 1, output)
        self.assertIn("install-packages.sh bench does not bring it", output)

    def test_a_program_may_be_missing_where_it_is_asked_for(self):
        code, output = self.check("scripts/second-opinion", 'peer = ["aria2c", "--quiet"]\n')
        self.assertEqual(code, 0, output)
        code, output = self.check("scripts/second-opinion", 'peer = ["axel", "--quiet"]\n')
        self.assertEqual(code, 1, output)
        code, output = self.check("scripts/planted.py", 'peer = ["aria2c", "--quiet"]\n')
        self.assertEqual(code, 1, output)

    def test_a_program_that_is_installed_is_no_fault(self):
        code, output = self.check(
            "Tests/EndToEndTests/Planted.swift",
            'let x = ChildProcess.Command("/usr/bin/env", ["A=b", "curl", "-s"])\n',
        )
        self.assertEqual(code, 0, output)


if __name__ == "__main__":
    unittest.main()
