"""What the machine code of a function may not do on a record path, found in objdump's output.

A function is judged with everything that can be reached from it in the same program, except what is named as
cold: code that runs once a thread, once a series or when something is refused.
"""

import pathlib
import re
import subprocess

HEAD = re.compile(r"^([0-9a-f]+) <(.+)>:$")
LINE = re.compile(r"^\s*([0-9a-f]+):\t(\S+)\s*(.*)$")
BRANCH = re.compile(r"^(?:call|jmp|j[a-z]+)q?$")
TARGET = re.compile(r"^([0-9a-f]+)\b(?: <(.+)>)?")
# They lock the bus without saying so, wait for all stores, stop the pipeline, or enter the kernel.
BARRIERS = {"mfence", "lfence", "cpuid", "rdtscp", "syscall"}
ENDS = {"ret", "retq", "ud2", "hlt", "jmp", "jmpq"}


class Program:
    """The code of a program: its instructions by their addresses, and its functions by their names."""

    def __init__(self, binary: pathlib.Path):
        text = subprocess.check_output(
            ["objdump", "--disassemble", "--no-show-raw-insn", "--section=.text", binary], text=True)
        self.functions, self.code, self.after, last = {}, {}, {}, None
        for line in text.splitlines():
            if code := LINE.match(line):
                # objdump writes prefixes before the word: `lock incq`, `rep movsb`.
                address = int(code[1], 16)
                self.code[address] = (code[2], code[3].split("#")[0].strip())
                if last is not None:
                    self.after[last] = address
                last = address
            elif head := HEAD.match(line):
                self.functions[head[2]] = int(head[1], 16)

    @property
    def locked(self) -> set:
        """The addresses of all locked instructions."""
        return {address for address, (word, operands) in self.code.items() if is_locked(word, operands)}

    def faults(self, name: str, cold: list) -> list:
        """What the function does that it may not, as sentences; empty when it is clean."""
        faults, seen, waiting = [], set(), [self.functions[name]]
        while waiting:
            address = waiting.pop()
            while address in self.code and address not in seen:
                seen.add(address)
                word, operands = self.code[address]
                fault, target = judged(word, operands, cold, self.code)
                if fault:
                    faults.append(f"{address:x} {word} {operands}: {fault}")
                if target is not None:
                    waiting.append(target)
                if word in ENDS:
                    break
                address = self.after.get(address)
        return faults


def is_locked(word: str, operands: str) -> bool:
    """Whether an instruction keeps other processors from memory; an exchange with memory does, even unasked."""
    return word == "lock" or (word.startswith("xchg") and "(" in operands)


def judged(word: str, operands: str, cold: list, code: dict) -> tuple:
    """Why an instruction may not be there, or nothing; and the address that it may go on at, or None."""
    if is_locked(word, operands):
        return "a locked instruction", None
    if word in BARRIERS:
        return "a barrier", None
    if not BRANCH.match(word):
        return "", None
    target = TARGET.match(operands)
    if not target:
        return "a call of what is not known before it runs", None
    name = (target[2] or "").split("@")[0]
    if name in cold:
        return "", None
    if int(target[1], 16) not in code:
        return f"a call of {name or 'another library'}", None
    return "", int(target[1], 16)
