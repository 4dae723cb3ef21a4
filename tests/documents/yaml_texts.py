"""Texts for property tests: YAML in varied styles, ordinary and odd, often broken."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

ORDINARY = (
    "a",
    "b",
    "foo bar",
    "the quick brown fox",
    "on",
    "$ref",
    "http://x/y",
    "#/x",
    "a#b",
    "a,b",
    "-x",
    "é",
    "12",
    "-3",
    "0.25",
    "true",
    "~",
    "1.2.3",
    "3 apples",
    "don't",
    "[a]",
    "# c",
)
ODD = (
    *(
        "a: ",
        "1.0",
        "1e3",
        "012",
        "0x1F",
        "1:20",
        "2021-01-01",
        "<<",
        "1_000",
        ".5",
        "5.",
        ".inf",
        "-0.0",
        "0o17",
        "08",
    ),
    *("+1", "_1", "null", "yes", "No", "...", "---", "-", "?x", ":y", "%z", "@", "`", "!", "&", "*", "|", ">", "="),
    *(
        "[",
        "]",
        "{",
        "}",
        ",",
        '"',
        "'",
        "\\",
        "日本",
        "😀",
        "a\x85b",
        "a\u2028b",
        "x\x7fy",
        "\xa0",
        "a\tb",
        "\tq",
        "!!str",
    ),
    *("&x", "*x", "2021-02-30 1:2:03", "12345678901234567890", "0.1234567890123456789"),
)
KEYS = (
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "on",
    "properties",
    "$ref",
    "type",
    "<<",
    "1",
    '"a"',
    "?x",
    "[a]",
    "{a: b}",
    "*x ",
    ":k",
)
PROPERTIES = (
    "&x ",
    "&y ",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!map ",
    "!!seq ",
    "!!set ",
    "! ",
    "!foo ",
    "&x\n",
    "!!str\n",
)
HEADERS = ("|", ">", "|-", ">-", "|+", ">+", "|2", ">1-", "| # c", ">  ", "|\t")
MUTATIONS = (*" \t\n\r:-#[]{}&*!|>'\"%@,?\\a1\0\x07\ufeff", "  ", ": ", "- ", "\n\n", "\n ", "\n\t")


def yaml_texts(oddity: float = 0.15) -> st.SearchStrategy[str]:
    """YAML texts; ``oddity`` is the share of odd words."""
    return st.randoms(use_true_random=False).map(lambda random: _Writer(random, oddity).text())


def mutated(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The texts with a few characters added, removed or repeated."""
    return st.tuples(texts, st.randoms(use_true_random=False)).map(lambda pair: _mutate(*pair))


def _mutate(text: str, random: Random) -> str:
    for _ in range(random.randint(1, 3)):
        index = random.randint(0, len(text))
        kind = random.randint(0, 3)
        if kind == 0:
            text = text[:index] + text[index + 1 :]
        elif kind == 1:
            text = text[:index] + text[index : index + random.randint(1, 9)] + text[index:]
        else:
            text = text[:index] + random.choice(MUTATIONS) + text[index:]
    return text


class _Writer:
    """Writes one text by the throws of one dice."""

    def __init__(self, random: Random, oddity: float) -> None:
        self.random = random
        self.oddity = oddity

    def text(self) -> str:
        write = self.random.choice((self.mapping, self.mapping, self.sequence))
        text = write(3, 0)
        if self.happens(0.1):
            text = self.random.choice(("---\n", "--- ", "%YAML 1.2\n---\n", "# c\n", "\n", "\t\n")) + text
        if self.happens(0.1):
            text += self.random.choice(("...\n", "---\n", "# c", "\n\n", "--- a"))
        if self.happens(0.2):
            text = text.rstrip("\n")
        return text.replace("\n", "\r\n") if self.happens(0.04) else text

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def words(self) -> str:
        count = self.random.choice((1, 1, 1, 2, 3))
        return " ".join(self.random.choice(ODD if self.happens(self.oddity) else ORDINARY) for _ in range(count))

    def properties(self) -> str:
        return self.random.choice(PROPERTIES) if self.happens(self.oddity / 3) else ""

    def scalar(self, indent: int, *, one_line: bool = False) -> str:
        words = self.words()
        kind = self.random.randint(0, 9)
        if kind >= 8 and not one_line:
            return self.block(indent)
        if kind <= 5 or (kind >= 8 and one_line):
            return words if one_line else self.folded(words, indent)
        if kind == 6:
            words = words.replace("'", "''")
            return f"'{words if one_line else self.folded(words, indent)}'"
        words = words.replace("\\", "\\\\").replace('"', '\\"')
        if self.happens(0.2):
            words += self.random.choice(
                ("\\ud83d\\ude00", "\\ud83d", "\\/", "\\0", "\\N", "\\x41", "\\U0001F600", "\\\t", "\\q")
            )
        return f'"{words if one_line else self.folded(words, indent)}"'

    def folded(self, words: str, indent: int) -> str:
        if not self.happens(0.3):
            return words
        line_break = self.random.choice(("\n", "\n\n", " \n", "\n \n", "\n\t\n"))
        return words.replace(" ", line_break + " " * max(0, indent + self.random.choice((0, 1, 2, 2, 4))), 1)

    def block(self, indent: int) -> str:
        inner = " " * (indent + self.random.choice((1, 2, 2, 3)))
        lines = [self.random.choice(HEADERS)]
        for _ in range(self.random.randint(0, 4)):
            kind = self.random.randint(0, 5)
            blank = self.random.choice(("", " ", inner, inner + "  ", "\t", inner + "\t"))
            extra = "  " if kind == 1 else "\t" if self.happens(self.oddity) else ""
            lines.append(blank if kind == 0 else f"{inner}{extra}{self.words()}")
        return "\n".join(lines)

    def flow(self, depth: int, indent: int) -> str:
        if depth == 0 or self.happens(0.4):
            return self.properties() + self.scalar(indent, one_line=self.happens(0.9))
        is_mapping = self.happens(0.5)
        items = []
        for _ in range(self.random.randint(0, 3)):
            key = self.scalar(indent, one_line=True) + self.random.choice((": ", ": ", ":", " : ", ":\t"))
            space = self.random.choice(("", "", " ", "\n" + " " * (indent + 1), " # c\n "))
            items.append(space + (key if is_mapping or self.happens(0.1) else "") + self.flow(depth - 1, indent))
        body = ",".join(items) + self.random.choice(("", "", ","))
        return f"{{{body}}}" if is_mapping else f"[{body}]"

    def node(self, depth: int, indent: int) -> str:
        kind = self.random.randint(0, 9)
        if depth == 0 or kind < 4:
            return self.properties() + self.scalar(indent) + "\n"
        if kind == 4:
            return self.properties() + self.flow(2, indent) + "\n"
        if kind == 5 and self.happens(0.4):
            return self.random.choice(("*x\n", "\n"))
        if kind < 8:
            return self.properties().rstrip(" ") + "\n" + self.mapping(depth, indent + self.random.choice((1, 2, 2, 4)))
        return self.properties().rstrip(" ") + "\n" + self.sequence(depth, indent + self.random.choice((0, 0, 2, 2)))

    def mapping(self, depth: int, indent: int) -> str:
        lines = []
        for ordinary in self.random.sample(KEYS[:10], self.random.randint(1, 4)):
            odd = self.scalar(indent, one_line=True) if self.happens(0.5) else self.random.choice(KEYS)
            key = odd if self.happens(self.oddity) else ordinary
            colon = self.random.choice((": ", ": ", ": ", ":  ", " : ", ":\t")) if self.happens(self.oddity) else ": "
            lines.append(" " * indent + key + colon + self.node(depth - 1, indent) + self.gap(indent))
        return "".join(lines)

    def sequence(self, depth: int, indent: int) -> str:
        lines = []
        for _ in range(self.random.randint(1, 4)):
            dash = self.random.choice(("- ", "-   ", "-\t")) if self.happens(self.oddity) else "- "
            compact = self.mapping(depth - 1, indent + 2).lstrip(" ") if self.happens(0.3) and depth > 1 else None
            lines.append(" " * indent + dash + (compact or self.node(depth - 1, indent)) + self.gap(indent))
        return "".join(lines)

    def gap(self, indent: int) -> str:
        return self.random.choice(("\n", "# c\n", " " * indent + "# c\n", "\t\n", "  \n")) if self.happens(0.1) else ""
