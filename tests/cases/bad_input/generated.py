"""Texts of bad input that are too long to write down, by their size."""

from __future__ import annotations

from collections.abc import Callable


def nested(opening: str, closing: str, depth: int, core: str = "1") -> str:
    return opening * depth + core + closing * depth


GENERATED: dict[str, Callable[[int], str]] = {
    "yaml flow lists": lambda n: f"$id: /x/1.0.0\ndefault: {nested('[', ']', n)}\n",
    "yaml flow mappings": lambda n: f"$id: /x/1.0.0\ndefault: {nested('{a: ', '}', n)}\n",
    "yaml block mappings": lambda n: "$id: /x/1.0.0\n" + "".join(f"{' ' * i}not:\n" for i in range(n)),
    "yaml block lists": lambda n: f"$id: /x/1.0.0\ndefault:\n{'- ' * n}1\n",
    "yaml open lists": lambda n: f"$id: /x/1.0.0\ndefault: {'[' * n}",
    "json lists": lambda n: f'{{"$id": "/x/1.0.0",\n"default": {nested("[", "]", n)}}}',
    "json mappings": lambda n: (
        f'{{"$id": "/x/1.0.0",\n"default": {nested("{" + chr(34) + "a" + chr(34) + ":", "}", n)}}}'
    ),
    "json open lists": lambda n: f'{{"$id": "/x/1.0.0",\n"default": {"[" * n}',
    "aliases": lambda n: (
        "$id: /x/1.0.0\na0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, n))
    ),
    "merged aliases": lambda n: (
        "$id: /x/1.0.0\na0: &a0 {k: 1}\n"
        + "".join(f"a{i}: &a{i} {{b: *a{i - 1}, c: *a{i - 1}, <<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, n))
    ),
    "doubling refs": lambda n: (
        "$id: /x/1.0.0\ndefinitions:\n  d0: {type: string}\n"
        + "".join(
            f"  d{i}: {{anyOf: [{{$ref: '#/definitions/d{i - 1}'}}, {{$ref: '#/definitions/d{i - 1}'}}]}}\n"
            for i in range(1, n)
        )
    ),
    "ref chain": lambda n: (
        "$id: /x/1.0.0\nproperties: {p: {$ref: '#/definitions/d0'}}\ndefinitions:\n"
        + "".join(f"  d{i}: {{not: {{$ref: '#/definitions/d{i + 1}'}}}}\n" for i in range(n))
        + f"  d{n}: {{type: string}}\n"
    ),
    "plain ref chain": lambda n: (
        "$id: /x/1.0.0\nproperties: {p: {$ref: '#/definitions/d0'}}\ndefinitions:\n"
        + "".join(f"  d{i}: {{$ref: '#/definitions/d{i + 1}'}}\n" for i in range(n))
        + f"  d{n}: {{type: string}}\n"
    ),
    "alternatives": lambda n: (
        "$id: /x/1.0.0\nallOf:\n"
        + "".join(
            f"  - anyOf: [{', '.join(f'{{properties: {{p{i}q{j}: {{type: string}}}}}}' for j in range(10))}]\n"
            for i in range(n)
        )
    ),
    "digits": lambda n: f"$id: /x/1.0.0\nmaximum: 1{'0' * n}\n",
    "decimals": lambda n: f"$id: /x/1.0.0\nmaximum: 0.{'0' * n}1\n",
    "json digits": lambda n: f'{{"$id": "/x/1.0.0",\n"maximum": 1{"0" * n}}}',
    "hexadecimal digits": lambda n: f"$id: /x/1.0.0\nmaximum: 0x{'f' * n}\n",
    "binary digits": lambda n: f"$id: /x/1.0.0\nmaximum: 0b{'1' * n}\n",
    "octal digits": lambda n: f"$id: /x/1.0.0\nmaximum: 0{'7' * n}\n",
    "sexagesimal digits": lambda n: f"$id: /x/1.0.0\nmaximum: 1{':59' * n}\n",
    "long list as properties": lambda n: f"$id: /x/1.0.0\nproperties: [{', '.join(map(str, range(n)))}]\n",
    "long ref": lambda n: f"$id: /x/1.0.0\nallOf:\n  - $ref: /{'y' * n}/1.0.0\n",
    "long version": lambda n: f"title: x\n$id: /x/{'9' * n}\n",
    "long $id": lambda n: f"title: x\n$id: /{'x' * n}\n",
    "wide ref chain": lambda n: (
        "$id: /x/1.0.0\nproperties: {p: {$ref: '#/definitions/d0'}}\ndefinitions:\n"
        + "".join(f"  d{i}: {'{not: ' * 60}{{$ref: '#/definitions/d{i + 1}'}}{'}' * 60}\n" for i in range(n))
        + f"  d{n}: {{type: string}}\n"
    ),
    "long base path": lambda n: f"schemaBasePath: {'a' * n}\n",
    "deep pattern": lambda n: f"ignoreSchemas: ['{nested('(', ')', n, 'a')}']\n",
    "long key": lambda n: f"$id: /x/1.0.0\n{'k' * n}: [\n",
}
