"""Odd names, numbers, texts and settings, for attacks on everything that reads them."""

from __future__ import annotations

import json

NUMBERS = [
    *("1e400", "-1e400", "1e-400", "0.1e-5000", "1e4299", "1e999999999999", "-0", "-0.0", "1.0", "1E1", "0e0"),
    *("1.10000000000000000001", "9007199254740993", "-9007199254740993", "18446744073709551616", "123456789" * 40),
    *("7" * 5000, f"-{'7' * 5000}", f"0.{'3' * 5000}", f"1{'0' * 400}.5", "2e308", "5e-324", "1" * 309),
]
"""Literals of JSON."""

CHARACTERS = [
    *(
        "\x1b[31mred\x1b[0m",
        "two\nlines",
        "a\r\nb",
        "\x00",
        "\u2028",
        "\u202egnp.exe",
        "::error::told",
        "##[error]told",
    ),
    *(
        "\ud800",
        "\udfff\ud800",
        "😀",
        "e\u0301",
        "\ufeff",
        "\x85",
        "\x9b2J",
        "a\tb",
        "%0A::error::x",
        "| a | b |",
        "`a`",
    ),
]

NAMES = [
    *CHARACTERS,
    *("", ".", "..", "/", "//", "../../etc/passwd", "/etc/passwd", "a/../b", "-", "--", "--help", "-v", "~", "$HOME"),
    *("a b", "a'b", 'a"b', "a;b", "$(touch x)", "{{ 7 * 7 }}", "{% for a in b %}", "<b>", "&amp;", "CON", "a" * 300),
    *(
        "1.0.0",
        "1.0",
        "01.0.0",
        "1.0.0-rc.1",
        "99999999999999999999.0.0",
        "latest",
        "current",
        "current.yaml",
        "@",
        "a@",
    ),
    *("__proto__", "constructor", "toString", "null", "~1", "%2e%2e", "%2F", "git:HEAD:", "file:///etc/passwd", "x:y"),
    *(
        "http://127.0.0.1:9/x",
        "http://user:secret@127.0.0.1:9/",
        "HEAD",
        "HEAD:",
        ":/",
        "@{u}",
        "^x",
        "*",
        "[",
        "(",
        "\\",
    ),
]
"""Names of properties, titles, files and arguments."""

TEXTS = [json.dumps(text) for text in (*NAMES, "x" * 10**5, "2026-02-31", "2026-01-01T00:00:00Z", "(a+)+$", "[[]]")]

DEEP = [
    f"{'[' * depth}{']' * depth}" for depth in (100, 300, 5000)
] + [
    '{"a":' * depth + "1" + "}" * depth for depth in (100, 300, 5000)
] + [
    '{"properties":{"a":' * depth + "true" + "}}" * depth for depth in (60, 200, 1000)
] + [
    '{"allOf":[' * depth + "{}" + "]}" * depth for depth in (60, 200, 1000)
]  # fmt: skip

WIDE = [
    json.dumps({f"p{index}": {"type": "string"} for index in range(3000)}),
    json.dumps([f"v{index}" for index in range(5000)]),
    json.dumps([{"type": "string", "const": str(index)} for index in range(300)]),
]

VALUES = [
    *("null", "true", "false", "0", "1", "-1", "0.5", '""', "[]", "{}", "[null]", '[{}]', '{"a": 1}', '{"type": "string"}'),
    *NUMBERS, *TEXTS, *DEEP, *WIDE, '{"a": 1, "a": 2}', '["a", "a"]', '{"": ""}', '{"\\ud800": 1}', '{"__proto__": {}}',
]  # fmt: skip
"""Values as JSON writes them, or nearly."""

RAW = [
    *(
        ".inf",
        "-.inf",
        ".nan",
        "0x1F",
        "0o17",
        "017",
        "1_000",
        "1:30",
        "0b1",
        "~",
        "yes",
        "No",
        "y",
        "=",
        "<<",
        "*a",
        "&a b",
    ),
    *(
        "&a [*a]",
        "&a {<<: *a}",
        "{<<: {a: 1}}",
        "!!python/object/apply:os.system [ls]",
        "!!binary aGk=",
        "!!set {a, b}",
    ),
    *(
        "!!float 1",
        "!!int '1'",
        "!!str 1",
        "!x y",
        "!!timestamp 2026-01-01",
        "2026-01-01",
        "2026-01-01 00:00:00 +1",
        "|",
        ">",
    ),
    *(
        "|9\n  a",
        ">-\n   a",
        "'unclosed",
        '"unclosed',
        "[a, b",
        "{a: b",
        "- a",
        "? a",
        "a: b: c",
        "# a",
        "%YAML 1.2",
        "---",
        "...",
    ),
    *(
        "&a [x, x, x]\nb: &b [*a, *a, *a]",
        "\t a",
        "@a",
        "`a",
        "a\n  b",
        "{a: 1, a: 2}",
        "{? [a]: b}",
        "{[a]: b}",
        "{null: 1}",
    ),
]
"""Values as only YAML has them."""

SETTINGS = {
    "schemaBasePath": ['""', ".", "nowhere/..", "/dev/null", "jsonschema/", "nowhere", "jsonschema/shop", "~", "a/../jsonschema"],
    "schemaBaseUris": ["[]", '["."]', '["jsonschema", "jsonschema"]', '["http://127.0.0.1:9/"]', '["git:main:jsonschema"]', '["git:no"]', '["file:///"]', '[""]'],
    "contentTypes": ["[]", "[json]", "[yaml]", "[json, yaml]", "[xml]", "[yaml, yaml]", "yaml"],
    "currentName": ["current", "latest", '"1.0.0"', '""', "../current", "a/b", '"*"'],
    "schemaVersionField": ["$id", "version", "a.b", '""', "$schema", "title", '"."', "examples.0"],
    "schemaTitleField": ["title", "$id", '""', "a.b", "properties"],
    "shouldDereference": ["true", "false", "1"], "shouldSymlinkExtensionless": ["false"], "shouldSymlinkLatest": ["false"],
    "shouldGenerateExample": ["true"], "shouldGitAdd": ["false"], "gitStaged": ["true"], "dryRun": ["true"], "cache": ["false"],
    "enforcedNumericBounds": ["false", "[0, 1]", "[1, 0]", "[-1e400, 1e400]", "[null, 1]", "[]", "[0]", "[.nan, 1]"],
    "ignoreSchemas": ["['^/shop']", "['(']", "['(a+)+$']", "['']", "[1]", "['[']", "['(?<=a)b']", "['\\p{L}']"],
    "skipSchemaTestCases": ["{'^/shop': [a]}", "{'(': [a]}", "{'(a*)*b': ['*']}", "{a: b}", "[]"],
    "profile": ["recommended", "upstream", "none"],
    "rules": ["{required-fields: {fields: [a.b, '']}}", "{snake-case-everywhere: 'off'}", "{no-rule: error}", "{date-time-names: {severity: error, pattern: '('}}", "{released-versions-are-kept: {since: nowhere}}", "[]"],
    "schemaRules": ["[{id: a, message: b, schema: nowhere}]", "[{id: a, message: b, schema: .jsonschema-tools.yaml}]", "[{id: schema-is-valid, message: b, schema: a}]", "[]", "[1]"],
    "compatibility": ["full", "none", "backward-transitive", "x"], "contentModel": ["declared", "x"],
    "compatibilitySteps": ["1", "0", "-1", "1e3", "1" * 400],
    "allow": ["[]", "[{title: shop/order/placed, versions: ['1.2.0'], pointer: /properties, kind: x, reason: a}]", "[{setting: schemaBasePath, was: '\\0', reason: a}]", "[{title: a, versions: [], fingerprint: a, reason: a}]"],
    "releaseBranches": ["[main]", "[]", "['*']", "['[']", "['refs/heads/main']", "['--all']", "main"],
    "gitDiffCommit": ["HEAD", "--output=x", "nowhere", '""', "HEAD~9"],
    "template": ["current.yaml", "/dev/zero", "jsonschema/shop/order/placed/current.yaml", "nowhere"],
    "diffCommand": ["touch x", "'false'"], "logLevel": ["debug", "x"], "streams": ["streams.yaml", "nowhere", "jsonschema", "http://127.0.0.1:9/", "/dev/zero", '""', "[1]"],
    "allowedRefHosts": ["['*']", "['127.0.0.1']", "[1]"],
}  # fmt: skip
"""Values for the keys of the configuration."""
