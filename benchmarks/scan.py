"""How long a folder of covers takes to scan the first time, and again when nothing changed.

python -m benchmarks.scan ../shared/covers
"""

from benchmarks.common import command_line, empty_home, timed
from covergenre.dataset.registry import register


def main() -> None:
    folder = command_line(__doc__, "a folder of genre folders").parse_args().folder
    with empty_home():
        first, (dataset, _) = timed(lambda: register("benchmark", folder))
        again, _ = timed(lambda: register("benchmark", folder))
    print(f"{len(dataset.manifest)} covers: first {first:.2f} s, again {again:.2f} s, {first / again:.0f} times faster")


if __name__ == "__main__":
    main()
