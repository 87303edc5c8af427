"""Build the overlay wheel: Python packages beside an installed hummingbot, and their Cython extensions.

``ONLY=substring python setup.py build_ext --inplace`` compiles the matching extensions alone.
"""

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, find_namespace_packages, setup

ROOT = Path(__file__).parent
OVERLAY = ("hummingbot/connector/exchange/stellar", "hummingbot/strategy/ai_stellar")
SCRIPTS = "hummingbot.strategy.ai_stellar.scripts"
"""Where the wheel, and nothing else, has the scripts that instances get copies of."""


def extensions() -> list[Extension]:
    """One extension a ``.pyx``, under its full dotted name: there is no ``__init__.py`` to infer it from."""
    sources = sorted(path for room in OVERLAY for path in Path(room).rglob("*.pyx"))
    return [
        Extension(
            ".".join(source.with_suffix("").parts),
            [str(source)],
            depends=[str(pxd) for pxd in source.parent.glob("*.pxd")],
            extra_compile_args=["-O3", "-g0"],
        )
        for source in sources
        if os.environ.get("ONLY", "") in str(source)
    ]


os.chdir(ROOT)
setup(
    packages=[
        *find_namespace_packages(
            include=[
                *(f"{room.replace('/', '.')}{suffix}" for room in OVERLAY for suffix in ("", ".*")),
                "hummingbot.templates",
            ]
        ),
        SCRIPTS,
        f"{SCRIPTS}.judgement",
    ],
    package_dir={SCRIPTS: "scripts"},
    ext_modules=cythonize(
        extensions(),
        build_dir="build/cython",
        include_path=["."],
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
        },
    ),
)
